// An autoencoder: 784 pixels through 32 numbers and back again. The images are their own targets.
import { adam, binaryCrossEntropy, compile, dense, relu, sequential, sigmoid } from 'retrograd';
import { batch, digits, withTargets } from 'retrograd/data';

const { train, test } = digits({ train: 3000, test: 10 });

const net = await compile(sequential([28, 28], [dense(32, relu), dense(784, sigmoid)]), {
  batch: 50,
  loss: binaryCrossEntropy(),
  optimizer: adam({ learningRate: 0.003 }),
});
await net.fit(withTargets(train, 'inputs'), { epochs: 8 });

const originals = batch(test, [...Array(test.count).keys()]).x; // numbers from 0 to 1
const copies = await net.predict(originals);
show(originals.subarray(0, 4 * 784));
show(copies.subarray(0, 4 * 784));
const rms = Math.sqrt(copies.reduce((sum, value, i) => sum + (value - originals[i]) ** 2, 0) / copies.length);
console.log(`root mean square error ${rms.toFixed(3)} of a pixel from 0 to 1`);
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
