// A training loop of your own: every batch is made when it is needed, and the learning rate follows the loss.
import { adam, binaryCrossEntropy, compile, dense, relu, sequential, sigmoid } from 'retrograd';

const batch = 128;
const net = await compile(sequential([2], [dense(32, relu), dense(32, relu), dense(1, sigmoid)]), {
  batch,
  loss: binaryCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  seed: 1,
});

/** New points of a square, and for each whether it is in a ring. */
function sample(count) {
  const x = Float32Array.from({ length: 2 * count }, () => 2 * Math.random() - 1);
  const y = new Float32Array(count).map((_, i) => (Math.abs(Math.hypot(x[2 * i], x[2 * i + 1]) - 0.6) < 0.2 ? 1 : 0));
  return { x, y };
}

for (let round = 1; round <= 6; round++) {
  // step() queues its work and returns at once; ready() waits where the device falls behind.
  for (let i = 0; i < 250; i++) {
    const { x, y } = sample(batch);
    net.step(x, y);
    await net.ready();
  }
  console.log(
    `step ${net.steps}   loss ${(await net.loss()).toFixed(3)}   learning rate ${net.learningRate.toFixed(4)}`,
  );
  net.learningRate *= 0.6;
}

const fresh = sample(2000);
const predicted = await net.predict(fresh.x);
const right = predicted.filter((probability, i) => probability > 0.5 === (fresh.y[i] === 1)).length;
console.log(`${(right / 20).toFixed(1)} % of 2000 new points right`);
net.destroy();
