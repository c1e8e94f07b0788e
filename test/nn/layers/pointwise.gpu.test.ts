/** Activations of the user's own: on the GPU as their reference says, and what is said of those that are wrong. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../../src/data/arrays.ts';
import {
  ArgumentError,
  activation,
  CheckError,
  compile,
  dense,
  type LayerActivation,
  type PointwiseOptions,
  pointwise,
  quadratic,
  ShaderError,
  sequential,
  sgd,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';
import { samples } from '../../support/nets.ts';

const gpu = useGpu();

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
/** With a constant and a function beside it, of names that a library or another function may have too. */
const swish: PointwiseOptions = {
  name: 'swish',
  wgsl: `
    const K = 1.0;
    fn logistic(z: f32) -> f32 { return K / (K + exp(-z)); }
    fn f(z: f32) -> f32 {
      return z * logistic(z);
    }`,
  derivative: `
    fn derivative(z: f32) -> f32 {
      let A = logistic(z);
      return A + f(z) * (1.0 - A);
    }`,
  reference: {
    f: (z) => z * logistic(z),
    derivative: (z) => logistic(z) + z * logistic(z) * (1 - logistic(z)),
  },
};
/** z³, out of a struct whose members are called as functions and swizzles are. */
const cube: PointwiseOptions = {
  name: 'cube',
  wgsl: `
    struct Powers { f: f32, @size(8) K: f32, x: vec2f }
    const K = 1.0;
    fn powers(z: f32) -> Powers { return Powers(z * z, K, vec2f(K, z)); }
    fn f(z: f32) -> f32 { let p = powers(z); return p.f * p.K * p.x.y; }`,
  derivative: 'fn x(p: Powers) -> f32 { return 3.0 * p.f; } fn derivative(z: f32) -> f32 { return x(powers(z)); }',
  reference: { f: (z) => z ** 3, derivative: (z) => 3 * z ** 2 },
};
/** z² / (1 + |z|) */
const bend: PointwiseOptions = {
  name: 'bend',
  wgsl: 'const K = 1.0; fn f(z: f32) -> f32 { return z * z / (K + abs(z)); }',
  derivative:
    'fn logistic(z: f32) -> f32 { return 2.0 + abs(z); } fn derivative(z: f32) -> f32 { return z * logistic(z) / ((K + abs(z)) * (K + abs(z))); }',
  reference: {
    f: (z) => z ** 2 / (1 + Math.abs(z)),
    derivative: (z) => (z * (2 + Math.abs(z))) / (1 + Math.abs(z)) ** 2,
  },
};

const model = (...own: LayerActivation[]) =>
  sequential([5], [...own.map((f) => dense(9, f)), dense(4), ...own.map(activation), dense(3)]);
const make = (...own: LayerActivation[]) =>
  compile(model(...own), {
    device: gpu.device,
    batch: 7,
    loss: quadratic(),
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 1,
  });

describe('an activation of the user', () => {
  test('is on the GPU what its reference is, beside another with the same names in it', async () => {
    const own = [pointwise(swish), pointwise(bend), pointwise(cube), pointwise(swish)];
    const net = await make(...own);
    for (const n of [7, 5]) {
      const { x, y } = samples(model(...own), quadratic(), n, n);
      expect((await net.check(x, y)).ok).toBe(true);
    }
    expect(String((await net.tensors(...batch())).slope1.shape)).toBe('9,2');
    net.destroy();
  });

  test('may call its values, parameters and members as the library calls tensors, or as WGSL calls functions', async () => {
    const trained = async (name: string) => {
      const wgsl = `
        struct Pair { ${name}: vec2f }
        fn half(${name}: vec2f) -> f32 { let of = Pair(${name}); return of.${name}[0] * ${name}[1]; }
        fn f(z: f32) -> f32 { let ${name} = vec2f(min(z, 9e9), 0.5); return half(${name}) + ${name}[0] * ${name}[1]; }`;
      const derivative = 'fn derivative(z: f32) -> f32 { return 1.0; }';
      const own = pointwise({ name: 'own', wgsl, derivative, reference: { f: (z) => z, derivative: () => 1 } });
      const net = await compile(sequential([3], [dense(4, own), dense(1)]), {
        ...{ device: gpu.device, batch: 4, loss: quadratic(), optimizer: sgd({ learningRate: 0.1 }), seed: 1 },
      });
      const x = Float32Array.from({ length: 24 }, (_, i) => i / 24);
      await net.fit(fromArrays({ x, y: new Float32Array(8), shape: [3] }), { epochs: 3 });
      const parameters = await net.parameters();
      net.destroy();
      return parameters;
    };
    const expected = await trained('pair');
    for (const name of ['A', 'B', 'tensor0', 'arena', 'step', 'min'])
      expect(await trained(name), name).toEqual(expected);
    expect(gpu.device.info.unavailable).toEqual([]);
  });

  test('is called by its name', () => {
    expect(String(pointwise(swish).activation)).toBe('swish');
    expect(String(dense(3, pointwise(bend)).activation)).toBe('bend');
  });

  test.each(['wgsl', 'derivative'] as const)('with a wrong %s is found by check', async (part) => {
    const wrong = pointwise({ ...swish, [part]: swish[part].replace('return', 'return 1.001 *') });
    const net = await make(wrong);
    await expect(net.check(...batch())).rejects.toThrow(CheckError);
    net.destroy();
  });

  test.each([
    ['wgsl', 'exp(-z)', 'expo(-z)', /pointwise swish, wgsl:3: .*expo/],
    ['derivative', 'f(z) *', 'g(z) *', /pointwise swish, derivative:4: .*g/],
  ] as const)(
    'whose %s does not compile is a ShaderError that names it and its own line',
    async (part, good, bad, at) => {
      const net = make(pointwise({ ...swish, [part]: swish[part].replace(good, bad) }));
      await expect(net).rejects.toThrow(ShaderError);
      await expect(net).rejects.toThrow(at);
    },
  );

  test.each<[string, object, RegExp]>([
    ['no options', undefined as never, /pointwise: expected { name, wgsl, .* found undefined/],
    ['a name of two words', { name: 'my own' }, /name must be a word, found "my own"/],
    ['a text without f', { wgsl: 'fn g(z: f32) -> f32 { return z; }' }, /swish: wgsl must be WGSL with fn f\(z/],
    ['no derivative', { derivative: undefined }, /swish: derivative must be WGSL with fn derivative/],
    ['one reference for two', { reference: { f: Math.sin } }, /reference must be \{ f, derivative \}/],
    [
      'a reference that is not finite',
      { reference: { f: Math.log, derivative: (z: number) => 1 / z } },
      /f\(-5.93\) = NaN/,
    ],
    [
      'a derivative that is not the slope',
      { reference: { f: Math.sin, derivative: Math.sin } },
      /reference\.derivative\(-5\.93\) is 0\.34\d+, but the slope of reference\.f there is 0\.938/,
    ],
    ['a tolerance of 0', { tolerance: 0 }, /tolerance must be a finite number > 0, found 0/],
  ])('with %s is an ArgumentError', (_name, change, message) => {
    const options = change && { ...swish, ...change };
    expect(() => pointwise(options as PointwiseOptions)).toThrow(ArgumentError);
    expect(() => pointwise(options as PointwiseOptions)).toThrow(message);
  });
});

function batch(): [Float32Array, Float32Array] {
  const { x, y } = samples(model(pointwise(swish)), quadratic(), 2);
  return [x, y];
}
