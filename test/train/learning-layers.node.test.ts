/** Each kind of layer in a net that learns the generated digits: minutes in a browser without a GPU, so in Node alone. */
import { expect, test } from 'vitest';
import { digits } from '../../src/data/index.ts';
import { activation, batchNorm, dense, dropout, type Layer, layerNorm, pointwise, relu } from '../../src/index.node.ts';
import { train } from '../support/learning.ts';

const data = digits();

test.each<[string, Layer[]]>([
  ['dropout', [dense(100, relu), dropout(0.2), dense(10)]],
  ['batchNorm', [dense(100), batchNorm(), activation(relu), dense(10)]],
  ['layerNorm', [dense(100), layerNorm(), activation(relu), dense(10)]],
  [
    'an activation of the user',
    [
      dense(
        100,
        pointwise({
          wgsl: 'fn f(z: f32) -> f32 { return z / (1.0 + exp(-z)); }',
          derivative: 'fn derivative(z: f32) -> f32 { let s = 1.0 / (1.0 + exp(-z)); return s + z * s * (1.0 - s); }',
          reference: {
            f: (z) => z / (1 + Math.exp(-z)),
            derivative: (z) => {
              const s = 1 / (1 + Math.exp(-z));
              return s + z * s * (1 - s);
            },
          },
        }),
      ),
      dense(10),
    ],
  ],
])('the digits are learnt with %s, on a ragged batch at the end of each epoch too', async (_name, layers) => {
  expect(await train(layers, data, { epochs: 6, batch: 64, seed: 1 })).toBeGreaterThan(0.95);
});
