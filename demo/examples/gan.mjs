// A GAN on digits, in a loop of its own: two nets on one device hand each other pictures and gradients, and nothing is read.
import {
  adam,
  avgPool2d,
  backward,
  compile,
  dense,
  flatten,
  forward,
  leakyRelu,
  openDevice,
  relu,
  reshape,
  sequential,
  sigmoidCrossEntropy,
  squared,
  tanh,
  upsample2d,
} from 'retrograd';
import { digits, batch as samplesOf } from 'retrograd/data';

const [batch, latent, pixels, steps] = [64, 16, 784, 600];
const device = await openDevice();
const common = { device, batch, optimizer: adam({ learningRate: 0.001, beta1: 0.5 }) };
const painter = [dense(128, relu), dense(196, tanh), reshape([1, 14, 14]), upsample2d(2)];
const judge = [avgPool2d(2), flatten(), dense(128, leakyRelu), dense(1)];
// The generator has no use for a loss: it follows the gradient that the discriminator sends back.
const generator = await compile(sequential([latent], painter), { ...common, loss: squared(), seed: 1 });
const discriminator = await compile(sequential([1, 28, 28], judge), {
  ...common,
  loss: sigmoidCrossEntropy(),
  seed: 2,
});

const { train, test } = digits({ train: 4000, test: 500 });
const picturesOf = (dataset, indices) => samplesOf(dataset, indices).x.map((value) => 2 * value - 1); // from -1 to 1
const gaussian = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const noise = (count) => Float32Array.from({ length: count * latent }, gaussian);

/** The mean of pictures, and how far they are from it: the root mean square over all pixels. */
function spreadOf(pictures) {
  const mean = new Float32Array(pixels);
  for (let at = 0; at < pictures.length; at++) mean[at % pixels] += (pictures[at] * pixels) / pictures.length;
  const squares = pictures.reduce((sum, value, at) => sum + (value - mean[at % pixels]) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / pictures.length) };
}
const wanted = spreadOf(picturesOf(test, [...new Array(test.count).keys()]));
console.log(`real digits: pixels deviate from their mean by ${wanted.deviation.toFixed(3)}`);

async function report(step) {
  const pictures = await generator.predict(noise(test.count));
  const { mean, deviation } = spreadOf(pictures);
  const off = Math.sqrt(mean.reduce((sum, value, k) => sum + (value - wanted.mean[k]) ** 2, 0) / pixels);
  console.log(`step ${step}   mean picture off by ${off.toFixed(3)}   deviation ${deviation.toFixed(3)}`);
}

const [real, fake] = [new Float32Array(batch).fill(0.9), new Float32Array(batch)];
await report(0);
for (let step = 1; step <= steps; step++) {
  const drawn = Array.from(real, () => Math.floor(Math.random() * train.count));
  const z = noise(batch);
  const pictures = await forward(generator, z);
  discriminator.step(picturesOf(train, drawn), real);
  discriminator.step(pictures, fake);
  // What would make the discriminator take them for real goes back to the generator.
  const { inputs } = await backward(discriminator, pictures, { y: real, inputs: true, parameters: false });
  const gradients = await backward(generator, z, { outputGradient: inputs });
  await generator.update(gradients);
  for (const tensor of [pictures, inputs, ...Object.values(gradients)]) tensor.destroy();
  if (step % (steps / 4) === 0) await report(step);
}
const made = await generator.predict(noise(5));
const shade = (value) => ' .:+#@'[Math.round(2.5 * (value + 1))];
const line = (from) => Array.from({ length: 14 }, (_, column) => shade(made[from + 2 * column])).join('');
for (let row = 0; row < 28; row += 2) console.log([0, 1, 2, 3, 4].map((i) => line(pixels * i + 28 * row)).join('  '));
for (const one of [generator, discriminator, device]) one.destroy();
