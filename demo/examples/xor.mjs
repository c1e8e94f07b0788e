// XOR, the smallest problem that needs a hidden layer: no line separates its two classes.
import { adam, binaryCrossEntropy, compile, dense, sequential, sigmoid, tanh } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const questions = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const answers = [[0], [1], [1], [0]];

const net = await compile(sequential([2], [dense(8, tanh), dense(1, sigmoid)]), {
  batch: 4,
  loss: binaryCrossEntropy(),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 1,
});
await net.fit(fromArrays({ x: questions, y: answers }), { epochs: 2000 });

const predicted = await net.predict(new Float32Array(questions.flat()));
questions.forEach(([a, b], i) => {
  console.log(`${a} xor ${b} = ${predicted[i].toFixed(3)}`);
});
console.log(`loss ${(await net.loss()).toFixed(4)} after ${net.steps} steps`);
net.destroy();
