// Regression: a smooth curve from 400 noisy points of it.
import { adam, compile, cosineDecay, dense, meanSquared, sequential, tanh } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const curve = (x) => Math.sin(2 * x) + x / 2;
const noise = 0.2; // standard deviation

/** A normally distributed random number, by Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

const x = Float32Array.from({ length: 400 }, () => 6 * Math.random() - 3);
const y = x.map((value) => curve(value) + noise * normal());

const net = await compile(sequential([1], [dense(32, tanh), dense(32, tanh), dense(1)]), {
  batch: 20,
  loss: meanSquared(),
  optimizer: adam({ learningRate: cosineDecay({ from: 0.02, steps: 4000 }) }),
});
await net.fit(fromArrays({ x, y, shape: [1] }), { epochs: 200 });

// Against the curve itself, which the net has never seen.
const grid = Float32Array.from({ length: 13 }, (_, i) => (i - 6) / 2);
const fitted = await net.predict(grid);
const errors = fitted.map((value, i) => value - curve(grid[i]));
grid.forEach((value, i) => {
  console.log(
    `x ${value.toFixed(1).padStart(4)}   curve ${curve(value).toFixed(2).padStart(5)}   net ${fitted[i].toFixed(2).padStart(5)}`,
  );
});
const rms = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
console.log(`root mean square error ${rms.toFixed(3)}, noise ${noise}`);
net.destroy();
