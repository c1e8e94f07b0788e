// An activation of your own: snake, z + sin²(z), which suits a curve that repeats. Here it races tanh.
import { adam, compile, dense, meanSquared, pointwise, sequential, tanh } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const snake = pointwise({
  name: 'snake',
  wgsl: 'fn f(z: f32) -> f32 { return z + sin(z) * sin(z); }',
  derivative: 'fn derivative(z: f32) -> f32 { return 1.0 + sin(2.0 * z); }',
  reference: { f: (z) => z + Math.sin(z) ** 2, derivative: (z) => 1 + Math.sin(2 * z) },
  tolerance: 2 ** -10, // WGSL lets sin be wrong by 2⁻¹¹
});

const x = Float32Array.from({ length: 240 }, (_, i) => i / 20 - 6);
const wave = fromArrays({ x, y: x.map((value) => Math.sin(2 * value) + value / 4), shape: [1] });

for (const [name, activation] of Object.entries({ snake, tanh })) {
  const net = await compile(sequential([1], [dense(24, activation), dense(24, activation), dense(1)]), {
    batch: 60,
    loss: meanSquared(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 1,
  });
  await net.fit(wave, { epochs: 150 });
  const { loss } = await net.evaluate(wave);
  // Every tensor of a step against the CPU, which runs the reference; throws where one is out of its bound.
  const { share } = await net.check(x.subarray(0, 60), x.subarray(0, 60));
  console.log(`${name}: loss ${loss.toFixed(4)}; worst rounding error ${(100 * share).toFixed(0)} % of its bound`);
  net.destroy();
}
