// Regression: a smooth curve from 400 noisy points of it.
import {
  adam,
  compile,
  cosineDecay,
  dense,
  meanAbsoluteError,
  meanSquared,
  rSquared,
  sequential,
  tanh,
} from 'retrograd';
import { fromArrays } from 'retrograd/data';

const curve = (x) => Math.sin(2 * x) + x / 2;
const noise = 0.2; // standard deviation

/** A normally distributed random number, by Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

function points(count) {
  const x = Float32Array.from({ length: count }, () => 6 * Math.random() - 3);
  return fromArrays({ x, y: x.map((value) => curve(value) + noise * normal()), shape: [1] });
}

const net = await compile(sequential([1], [dense(32, tanh), dense(32, tanh), dense(1)]), {
  batch: 20,
  loss: meanSquared(),
  optimizer: adam({ learningRate: cosineDecay({ from: 0.02, steps: 4000 }) }),
});
await net.fit(points(400), { epochs: 200 });

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

// Against new points, as one would with data of one's own: the noise is what no net explains.
const { metrics } = await net.evaluate(points(1000), { metrics: [rSquared(), meanAbsoluteError()] });
console.log(
  `new points: R² ${metrics.rSquared.toFixed(3)}, mean absolute error ${metrics.meanAbsoluteError.toFixed(3)}`,
);
net.destroy();
