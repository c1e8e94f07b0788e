// Many seeds in one process: how much of an accuracy is luck? All nets share one device.
import { adam, compile, dense, openDevice, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test } = digits({ train: 2000, test: 1000 });
const device = await openDevice();
const accuracies = [];
for (let seed = 1; seed <= 8; seed++) {
  const net = await compile(sequential([784], [dense(32, relu), dense(10)]), {
    device,
    batch: 50,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed, // of the first weights and of the order of the samples
  });
  await net.fit(train, { epochs: 4 });
  const { accuracy } = await net.evaluate(test);
  console.log(`seed ${seed}   test accuracy ${accuracy.toFixed(3)}`);
  accuracies.push(accuracy);
  net.destroy();
}
device.destroy();

const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
const variance = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (accuracies.length - 1);
console.log(`mean ${mean.toFixed(3)} ± ${Math.sqrt(variance).toFixed(3)}`);
