/** Gradients whose squares f32 cannot hold, and numbers that it cannot. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  adam,
  adamw,
  type CompileOptions,
  compile,
  type Device,
  dense,
  NonFiniteError,
  normal,
  type Optimizer,
  quadratic,
  rmsprop,
  sequential,
  sgd,
  squared,
  uniform,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';

const gpu = useGpu();

describe.each(['GPU', 'CPU'])('%s', (kind) => {
  /** z = w · x with w = 0: the gradient of ½ (z − y)² is −y · x for w, and −y for the bias. */
  const make = (options: Partial<CompileOptions>) => {
    const device: Device | 'cpu' = kind === 'CPU' ? 'cpu' : gpu.device;
    const model = sequential([2], [dense(1, undefined, { init: uniform(0) })]);
    return compile(model, { device, batch: 1, loss: quadratic(), optimizer: sgd({ learningRate: 1 }), ...options });
  };
  /** The parameters after a step: two weights, and the bias. */
  const after = async (options: Partial<CompileOptions>, x: readonly number[], y: number) => {
    const net = await make(options);
    net.step(x, [y]);
    const norm = options.clipNorm === undefined ? undefined : (await net.tensor('gradientNorm')).data[0];
    const values = Object.values(await net.parameters()).flatMap(({ data }) => Array.from(data));
    net.destroy();
    return { values, norm };
  };

  test.each([
    ['1e25', 1e10, -1e15],
    ['1e36', 1e18, -1e18],
    ['1', 1, 1],
    ['1e-25', 1e-5, 1e-20],
    ['1e-36', 1e-18, -1e-18],
  ])('clipping to 1e-37 or 1 knows the norm of gradients of %s', async (_name, x, y) => {
    const g = [-3 * x * y, 4 * x * y, -y];
    const whole = Math.hypot(...g);
    for (const clipNorm of [1, 1e-37]) {
      const { values, norm } = await after({ clipNorm }, [3 * x, -4 * x], y);
      expect(norm! / whole).toBeCloseTo(1, 5);
      const factor = Math.min(1, clipNorm / whole);
      values.forEach((value, i) => {
        expect(Math.abs(value + factor * g[i])).toBeLessThanOrEqual(1e-5 * Math.abs(factor * g[i]) + 2 ** -120);
      });
    }
  });

  test('a norm that is infinite leaves no weights that look well', async () => {
    const { values, norm } = await after({ clipNorm: 1 }, [1.5e19, 1.5e19], 1.7e19);
    expect(norm).toBe(Number.POSITIVE_INFINITY);
    for (const value of values) expect(value).toBeNaN();
  });

  test.each([1, 1e10, 1e20, 4e20, 1e-6])(
    'a first step of Adam and RMSProp is η long for a gradient of %d',
    async (y) => {
      for (const optimizer of [adam({ learningRate: 0.5 }), adamw({ learningRate: 0.5, weightDecay: 0 })]) {
        const { values } = await after({ optimizer }, [1, -1], y);
        const length = (0.5 * y) / (y + 1e-8);
        expect(values.map((value) => value / length)).toEqual([1, -1, 1].map((sign) => expect.closeTo(sign, 4)));
      }
      const { values } = await after({ optimizer: rmsprop({ learningRate: 0.5, decay: 0.96 }) }, [1, -1], y);
      const length = (0.5 * y) / (y * Math.sqrt(1 - 0.96) + 1e-8);
      if (y < 1e20)
        expect(values.map((value) => value / length)).toEqual([1, -1, 1].map((sign) => expect.closeTo(sign, 4)));
    },
  );

  test('the averages of a steady gradient weigh it by 1 − β of the β that was written', async () => {
    const [rest, updates] = [1e-4, 10];
    const averages: [Optimizer, Record<string, number>][] = [
      [adam({ learningRate: 0, beta1: 1 - rest, beta2: 1 - rest }), { 'm.b1': -2, 'v.b1': 4 }],
      [rmsprop({ learningRate: 0, decay: 1 - rest }), { 'v.b1': 4 }],
    ];
    for (const [optimizer, steady] of averages) {
      const net = await make({ optimizer });
      for (let step = 0; step < updates; step++) net.step([0, 0], [2]);
      for (const [name, value] of Object.entries(steady)) {
        const [found] = (await net.tensor(name)).data;
        expect(Math.abs(found / (value * (1 - (1 - rest) ** updates)) - 1), name).toBeLessThan(1e-6);
      }
      net.destroy();
    }
  });

  test.each([adam(), rmsprop()])(
    'a gradient whose square is infinite ends training with an error',
    async (optimizer) => {
      const net = await make({ optimizer, loss: squared({ reduction: 'sum' }) });
      const ended = net.fit(fromArrays({ x: [[1e3, 1]], y: [[1e19]] }), { epochs: 1 });
      await expect(ended).rejects.toThrow(NonFiniteError);
      await expect(ended).rejects.toThrow(/In v\.W1 the square of a gradient is too large for a 32-bit float/);
      net.destroy();
    },
  );
});

const model = sequential([2], [dense(1)]);
const compiled = (options: object) =>
  compile(model, { device: 'cpu', batch: 1, loss: quadratic(), optimizer: sgd({ learningRate: 1 }), ...options });
const TINIEST = 1e-39; // subnormal

test.each<[string, () => unknown, RegExp]>([
  ['adam: epsilon', () => adam({ epsilon: 1e-30 }), /adam: epsilon must be a finite number ≥ 1e-15, found 1e-30/],
  ['adamw: epsilon', () => adamw({ epsilon: 0 }), /adamw: epsilon must be .*, found 0/],
  ['rmsprop: epsilon', () => rmsprop({ epsilon: 1e-46 }), /rmsprop: epsilon must be .*, found 1e-46/],
  [
    'learningRate',
    () => sgd({ learningRate: TINIEST }),
    /learningRate must be .*, found 1e-39, which is too close to 0 for f32/,
  ],
  [
    'weightDecay',
    () => sgd({ learningRate: 1, weightDecay: 1e-46 }),
    /weightDecay must be .*, found 1e-46, which is too/,
  ],
  ['normal', () => normal(1e39), /normal: deviation must be a finite number from 0 to 1e\+37, found 1e\+39/],
  ['normal at the limit', () => normal(1e38), /normal: deviation must be .*, found 1e\+38/],
  ['uniform', () => uniform(1e39), /uniform: limit must be a finite number from 0 to 1e\+38, found 1e\+39/],
  ['uniform of a subnormal', () => uniform(TINIEST), /uniform: limit must be .*, found 1e-39, which is too close to 0/],
])('%s: a number that f32 does not hold is an ArgumentError', (_name, make, message) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(message);
});

test('an initialiser of one’s own with a scale that f32 does not hold is an ArgumentError', async () => {
  const own = sequential([2], [dense(1, undefined, { init: { kind: 'normal', scale: () => 1e39 } })]);
  const made = compile(own, { device: 'cpu', batch: 1, loss: quadratic(), optimizer: adam() });
  await expect(made).rejects.toThrow(ArgumentError);
  await expect(made).rejects.toThrow(/init: scale\(2, 1\) must be a finite number within ±1e\+37, found 1e\+39/);
});

test.each([
  ['normal', 3e38, /init: scale\(2, 1\) must be a finite number within ±1e\+37, found 3e\+38/],
  ['normal', -3e38, /within ±1e\+37, found -3e\+38/],
  ['uniform', 3e38, /within ±1e\+38, found 3e\+38/],
] as const)(
  'a scale of one’s own that can make infinite weights is an ArgumentError: %s, %d',
  async (kind, s, says) => {
    const own = sequential([2], [dense(1, undefined, { init: { kind, scale: () => s } })]);
    const made = compile(own, { device: 'cpu', batch: 1, loss: quadratic(), optimizer: adam() });
    await expect(made).rejects.toThrow(ArgumentError);
    await expect(made).rejects.toThrow(says);
  },
);

test.each([1e-46, TINIEST, 1e39])('clipNorm: %d is an ArgumentError', async (clipNorm) => {
  await expect(compiled({ clipNorm })).rejects.toThrow(ArgumentError);
  await expect(compiled({ clipNorm })).rejects.toThrow(/compile: clipNorm must be a finite number > 0, found/);
});
