// Sequences of different lengths: does one end with the bit that it began with? A GRU has to remember the first step, and a mask
// leaves out the steps behind the end of a sequence. Prints the accuracy on sequences held out.
import { adam, compile, dense, gru, sequential, softmaxCrossEntropy } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const LENGTH = 8;

/** Each bit is a step of two numbers, so that a step of zeros is none. */
const encode = (bits) =>
  Array.from({ length: LENGTH }, (_, i) => [Number(bits[i] === 0), Number(bits[i] === 1)]).flat();
const isClosed = (bits) => Number(bits[0] === bits.at(-1));

// All sequences of 1 to 8 bits; every fifth is held out.
const all = Array.from({ length: LENGTH }, (_, n) =>
  Array.from({ length: 2 ** (n + 1) }, (_, number) => Array.from({ length: n + 1 }, (_, i) => (number >> i) & 1)),
).flat();
const set = (part) => fromArrays({ x: part.map(encode), y: part.map(isClosed), shape: [LENGTH, 2] });
const [train, test] = [all.filter((_, i) => i % 5 !== 0), all.filter((_, i) => i % 5 === 0)].map(set);

const model = sequential([LENGTH, 2], [gru(16, { mask: true }), dense(2)]);
const net = await compile(model, {
  batch: 51,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.03 }),
  seed: 1,
});
await net.fit(train, { epochs: 40 });
console.log(`accuracy on ${test.count} sequences held out: ${(await net.evaluate(test)).accuracy.toFixed(3)}`);
for (const bits of [[1], [1, 0, 1], [0, 1, 1, 0, 1, 0, 1]]) {
  const [, share] = await net.predict([encode(bits)]);
  console.log(`${bits.join('')}: ends as it began with probability ${share.toFixed(2)}`);
}
net.destroy();
