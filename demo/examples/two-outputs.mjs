// Two inputs and two outputs: a digit and a number go in; the digit, and whether its sum with the number is even, come out.
import {
  adam,
  apply,
  compile,
  concat,
  dense,
  input,
  model,
  relu,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from 'retrograd';
import { digits, fromArrays } from 'retrograd/data';

/** The same pictures with a number from 0 to 9 beside each, and both targets. */
function withNumbers({ inputs, targets, count }) {
  const numbers = Array.from({ length: count }, (_, i) => i % 10);
  return fromArrays({
    inputs: {
      image: { x: inputs.data, shape: [784], scale: 1 / 255 },
      number: numbers.map((n) => Array.from({ length: 10 }, (_, k) => Number(k === n))),
    },
    targets: {
      digit: { y: targets.data, classes: 10 },
      even: numbers.map((n, i) => [1 - ((n + targets.data[i]) % 2)]),
    },
  });
}

const { train, test } = digits({ train: 2000, test: 500 });
const [image, number] = [input([784]), input([10])];
const seen = apply(dense(64, relu), image);
const digit = apply(dense(10), seen);
const both = apply(dense(32, relu), apply(concat(), digit, number));
const net = await compile(model({ image, number }, { digit, even: apply(dense(1), both) }), {
  batch: 50,
  loss: { digit: softmaxCrossEntropy(), even: sigmoidCrossEntropy() },
  lossWeights: { even: 2 },
  optimizer: adam({ learningRate: 0.003 }),
  seed: 1,
});
const history = await net.fit(withNumbers(train), { epochs: 20, validation: withNumbers(test) });
const { loss, outputs } = history[history.length - 1].validation;
for (const [name, { accuracy }] of Object.entries(outputs))
  console.log(`${name}: test accuracy ${accuracy.toFixed(3)}`);
console.log(`the weighted sum of both losses: ${loss.toFixed(3)}`);
net.destroy();
