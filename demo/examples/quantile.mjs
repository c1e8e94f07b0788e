// A loss of your own: the pinball loss trains a net to predict a value that 90 % of the targets are below.
import { adam, compile, dense, lossFunction, relu, sequential } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const pinball = lossFunction({
  name: 'pinball',
  wgsl: 'fn loss(a: f32, y: f32) -> f32 { return max(0.9 * (y - a), 0.1 * (a - y)); }',
  derivative: 'fn derivative(a: f32, y: f32) -> f32 { return select(0.1, -0.9, a < y); }',
  reference: {
    loss: (a, y) => Math.max(0.9 * (y - a), 0.1 * (a - y)),
    derivative: (a, y) => (a < y ? -0.9 : 0.1),
  },
});

let state = 1;
const random = () => {
  state = (state * 16807) % 2147483647;
  return state / 2147483647;
};
/** y is between 0 and 1 + x, and all values between are as likely: 90 % of them are below 0.9 (1 + x). */
function samples(count) {
  const x = Float32Array.from({ length: count }, random);
  return fromArrays({ x, y: x.map((value) => (1 + value) * random()), shape: [1] });
}
const [train, test] = [samples(4000), samples(4000)];

const net = await compile(sequential([1], [dense(16, relu), dense(1)]), {
  batch: 50,
  loss: pinball,
  optimizer: adam({ learningRate: 0.003 }),
  seed: 1,
});
await net.fit(train, { epochs: 15 });

const bounds = await net.predict(test);
const below = test.targets.data.filter((y, i) => y <= bounds[i]).length;
console.log(`${((100 * below) / test.count).toFixed(1)} % of the targets are below what the net predicts`);
for (const x of [0, 0.5, 1]) {
  const [bound] = await net.predict([x]);
  console.log(`x = ${x.toFixed(1)}: ${bound.toFixed(2)}, exact ${(0.9 * (1 + x)).toFixed(2)}`);
}
net.destroy();
