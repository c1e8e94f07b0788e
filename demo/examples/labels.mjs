// Several labels per sample: a place on a map may lie in the north, by the river and in the city at once.
import { adam, compile, dense, relu, sequential, sigmoidCrossEntropy, standardize } from 'retrograd';
import { fromArrays, split, statistics } from 'retrograd/data';

const classNames = ['in the north', 'by the river', 'in the city'];
const x = []; // metres to the east and to the north
const y = []; // one number per label, 1 for those that hold
for (let i = 0; i < 2000; i++) {
  const [east, north] = [5000 * ((i * 0.7548776662) % 1), 3000 * ((i * 0.569840291) % 1)]; // all over the map
  const river = 1500 + 500 * Math.sin(east / 800);
  const labels = [north > 1500, Math.abs(north - river) < 300, Math.hypot(east - 2500, north - 1500) < 900];
  x.push([east, north]);
  y.push(labels.map(Number));
}

const { train, test } = split(fromArrays({ x, y, classNames }), { test: 0.2, seed: 1 });
const layers = [standardize(statistics(train)), dense(64, relu), dense(64, relu), dense(3)];
const net = await compile(sequential(train.shape, layers), {
  batch: 50,
  loss: sigmoidCrossEntropy(), // one yes or no per output
  optimizer: adam({ learningRate: 0.01 }),
  seed: 1,
});
await net.fit(train, { epochs: 40 });

const { accuracy, exactMatch } = await net.evaluate(test);
console.log(`${test.count} test places: ${share(accuracy)} of the labels right, ${share(exactMatch)} of the places`);
const place = [2600, 1700];
const probabilities = await net.predict([place]);
console.log(`${place} is ${net.classNames.filter((_, i) => probabilities[i] > 0.5).join(', ')}`);
net.destroy();

function share(value) {
  return `${(100 * value).toFixed(1)} %`;
}
