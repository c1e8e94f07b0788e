// What a net looks at: the gradient of its loss with respect to the picture, and a picture changed along it to mislead the net.
import { adam, compile, conv2d, dense, flatten, maxPool2d, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits, batch as samplesOf, take } from 'retrograd/data';

const { train, test } = digits({ train: 4000, test: 500 });
const [pixels, batch] = [784, 100];
const net = await compile(sequential([1, 28, 28], [conv2d(8, 5, relu), maxPool2d(2), flatten(), dense(10)]), {
  batch,
  loss: softmaxCrossEntropy(),
  optimizer: adam(),
  seed: 1,
});
await net.fit(train, { epochs: 3 });

const { x } = samplesOf(test, [...new Array(batch).keys()]);
const labels = test.targets.data.subarray(0, batch);
const { inputs } = await net.gradients(take(test, batch), { inputs: true, parameters: false });
const gradient = inputs.data; // of 100 pictures, as x

const shade = (value) => ' .:+#@'[Math.min(5, Math.round(5 * Math.abs(value)))];
const draw = (values, row) => Array.from(values.subarray(28 * row, 28 * row + 28), shade).join('');
const strongest = Math.max(...gradient.subarray(0, pixels).map(Math.abs));
const strength = gradient.map((value) => value / strongest);
console.log(`a ${labels[0]}, and how strongly the loss depends on each pixel`);
for (let row = 0; row < 28; row += 2) console.log(`${draw(x, row)} | ${draw(strength, row)}`);

/** The share of pictures that the net gets right, with every pixel moved by so much. */
async function accuracy(by) {
  const moved = x.map((value, at) => Math.min(1, Math.max(0, value + by(at))));
  const probabilities = await net.predict(moved);
  const guesses = Array.from(labels, (_, i) => {
    const ofClasses = probabilities.subarray(10 * i, 10 * i + 10);
    return ofClasses.indexOf(Math.max(...ofClasses));
  });
  return `${Math.round((100 * guesses.filter((guess, i) => guess === labels[i]).length) / batch)} %`;
}
const towards = (at, step) => step * Math.sign(gradient[at]);

// The pixels that it depends on most: 40 of 784 moved by a half, towards a larger loss.
const least = Array.from(
  labels,
  (_, i) =>
    gradient
      .slice(i * pixels, (i + 1) * pixels)
      .map(Math.abs)
      .sort()[pixels - 40],
);
const isStrong = (at) => Math.abs(gradient[at]) >= least[Math.floor(at / pixels)];
const most = await accuracy((at) => (isStrong(at) ? towards(at, 0.5) : 0));
const anywhere = await accuracy((at) => (Math.random() < 40 / pixels ? towards(at, 0.5) : 0));
console.log(`40 pixels moved by 0.5: ${most} right where the gradient is greatest, ${anywhere} anywhere`);

// The fast gradient sign method (Goodfellow et al. 2015): every pixel a little towards a larger loss.
for (const step of [0, 0.05, 0.1, 0.2]) {
  const along = await accuracy((at) => towards(at, step));
  const random = await accuracy(() => (Math.random() < 0.5 ? -step : step));
  console.log(`all pixels moved by ${step}: ${along} right, ${random} in random directions`);
}
net.destroy();
