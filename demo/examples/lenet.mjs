// LeNet-5, the convolutional net of 1998, on digits.
import { adam, compile, conv2d, dense, flatten, maxPool2d, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test } = digits({ train: 3000, test: 500 });
const lenet = sequential(
  [1, 28, 28],
  [
    conv2d(6, 5, relu, { padding: 2 }), // [6, 28, 28]
    maxPool2d(2), // [6, 14, 14]
    conv2d(16, 5, relu), // [16, 10, 10]
    maxPool2d(2), // [16, 5, 5]
    flatten(),
    dense(120, relu),
    dense(84, relu),
    dense(10),
  ],
);
const net = await compile(lenet, {
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.002 }),
});
await net.fit(train, {
  epochs: 2,
  validation: test,
  onEpoch: ({ epoch, trainLoss, validation }) =>
    console.log(`epoch ${epoch}   loss ${trainLoss.toFixed(3)}   test accuracy ${validation.accuracy}`),
});
net.destroy();
