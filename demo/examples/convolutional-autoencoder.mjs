// Digits through 98 numbers and back: convolutions make the images smaller, transposed ones make them larger again.
import { adam, binaryCrossEntropy, compile, conv2d, conv2dTranspose, relu, sequential, sigmoid } from 'retrograd';
import { batch, digits, withTargets } from 'retrograd/data';

const { train, test } = digits({ train: 2000, test: 100 });

const model = sequential(
  [1, 28, 28],
  [
    conv2d(8, 3, relu, { stride: 2, padding: 1 }), // [8, 14, 14]
    conv2d(2, 3, relu, { stride: 2, padding: 1 }), // [2, 7, 7]: 98 numbers
    conv2dTranspose(8, 4, relu, { stride: 2, padding: 1 }), // [8, 14, 14]
    conv2dTranspose(1, 4, sigmoid, { stride: 2, padding: 1 }), // [1, 28, 28]
  ],
);
const net = await compile(model, {
  batch: 50,
  loss: binaryCrossEntropy(),
  optimizer: adam({ learningRate: 0.005 }),
  seed: 1,
});
await net.fit(withTargets(train, 'inputs'), { epochs: 5 });

const originals = batch(test, [...Array(test.count).keys()]).x; // numbers from 0 to 1
const copies = await net.predict(originals);
show(originals.subarray(0, 4 * 784));
show(copies.subarray(0, 4 * 784));
const rms = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b(i)) ** 2, 0) / a.length);
const mean = originals.reduce((sum, value) => sum + value, 0) / originals.length;
console.log(
  `root mean square error ${rms(copies, (i) => originals[i]).toFixed(3)}, of pixels that deviate by ${rms(originals, () => mean).toFixed(3)}`,
);
net.destroy();

/** Images side by side, two rows of pixels to a line. */
function show(pixels) {
  for (let row = 0; row < 28; row += 2) {
    let line = '';
    for (let image = 0; image < pixels.length; image += 784) {
      for (let column = 0; column < 28; column++) {
        const at = image + 28 * row + column;
        line += ' .:-=+*#%@'[Math.floor(4.999 * (pixels[at] + pixels[at + 28]))];
      }
    }
    console.log(line.trimEnd());
  }
}
