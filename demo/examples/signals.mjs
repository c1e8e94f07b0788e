// Tells shapes of waves apart in a noisy signal, with convolutions along the line. The program makes the signals.
import { adam, compile, conv1d, dense, maxPool1d, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const LENGTH = 96;
const classNames = ['sine', 'square', 'sawtooth'];
/** Each takes the part of a period that has passed, from 0 to 1. */
const waves = [(t) => Math.sin(2 * Math.PI * t), (t) => (t < 0.5 ? 1 : -1), (t) => 2 * t - 1];

/** So many signals of all classes in turn: any period, any phase, either sign, and noise half as loud as the wave. */
function signals(count) {
  const y = Array.from({ length: count }, (_, i) => i % waves.length);
  const x = y.map((label) => {
    const [period, phase, sign] = [12 + 20 * Math.random(), Math.random(), Math.random() < 0.5 ? 1 : -1];
    const noise = () => Math.random() + Math.random() - 1;
    return Array.from({ length: LENGTH }, (_, t) => sign * waves[label]((t / period + phase) % 1) + noise());
  });
  return fromArrays({ x, y, shape: [1, LENGTH], classNames });
}

const [train, test] = [signals(3000), signals(600)];
const model = sequential(train.shape, [
  conv1d(12, 9, relu, { padding: 'same' }),
  maxPool1d(2),
  conv1d(24, 7, relu, { padding: 'same' }),
  maxPool1d(2),
  conv1d(24, 5, relu),
  dense(classNames.length),
]);
const net = await compile(model, {
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.002 }),
  seed: 1,
});
await net.fit(train, {
  epochs: 6,
  onEpoch: ({ epoch, trainLoss }) => console.log(`epoch ${epoch}: loss ${trainLoss.toFixed(3)}`),
});
console.log(`test accuracy ${(await net.evaluate(test)).accuracy.toFixed(3)}`);

const scores = await net.predict(Array.from({ length: LENGTH }, (_, t) => waves[1]((t / 15) % 1)));
console.log(`a clean square wave is a ${classNames[scores.indexOf(Math.max(...scores))]} wave`);
net.destroy();
