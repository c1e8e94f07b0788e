// Pictures in folders, one for each class: read them, hold a part out, learn, and say what is on a picture.
import { mkdirSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { adam, compile, conv2d, dense, flatten, maxPool2d, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits, images, readImage } from 'retrograd/data';

writePictures('pictures', 1500); // or a folder of your own, with PNG and JPEG files of any size
const { train, test } = await images('pictures', { size: 20, channels: 1, test: 0.2, seed: 1 });
console.log(`${train.count} pictures to train on, ${test.count} to test on, [${train.shape}]`);
console.log(train.classNames.join(', '));

const layers = [conv2d(8, 5, relu), maxPool2d(2), flatten(), dense(64, relu), dense(10)];
const net = await compile(sequential(train.shape, layers), {
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.003 }),
  seed: 1,
});
await net.fit(train, { epochs: 8 });
const { accuracy } = await net.evaluate(test);
console.log(`test accuracy ${accuracy.toFixed(3)}`);

const outputs = await net.predict(await readImage('new.png', { size: 20, channels: 1 }));
console.log(`new.png shows a ${train.classNames[outputs.indexOf(Math.max(...outputs))]}`);
net.destroy();

/** Digits that the library draws, as PNG files in a folder for each digit, and one that is in none. */
function writePictures(folder, count) {
  const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  for (const name of names) mkdirSync(`${folder}/${name}`, { recursive: true });
  const { train, test } = digits({ train: count, test: 1 });
  const { data } = train.inputs;
  for (const [i, label] of train.targets.data.entries()) {
    writeFileSync(`${folder}/${names[label]}/${i}.png`, pngOf(data.subarray(784 * i, 784 * (i + 1)), 28, 28));
  }
  writeFileSync('new.png', pngOf(test.inputs.data, 28, 28));
}

/** A grey PNG file: a header, and rows of bytes, each behind a 0 that says it is not filtered. */
function pngOf(pixels, height, width) {
  const rows = Array.from({ length: height }, (_, y) => [0, ...pixels.subarray(y * width, (y + 1) * width)]);
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0]);
  const chunks = { IHDR: header, IDAT: deflateSync(Buffer.from(rows.flat())), IEND: Buffer.alloc(0) };
  const written = Object.entries(chunks).map(([type, data]) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(data.length, 0);
    numbers.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([numbers.subarray(0, 4), named, numbers.subarray(4)]);
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...written]);
}
