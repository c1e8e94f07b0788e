/**
 * The equations in numbers small enough to check by hand: every case runs through the public API, on any engine. Tensors
 * are written as [features][samples]; inputs and targets, as users give them, as [samples][features].
 */
import { describe, expect, test } from 'vitest';
import {
  adam,
  adamw,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  compile,
  type Device,
  dense,
  elu,
  gelu,
  type LayerActivation,
  type LossFunction,
  type LossOptions,
  leakyRelu,
  linear,
  type Model,
  meanSquared,
  momentum,
  nesterov,
  type Optimizer,
  quadratic,
  relu,
  rmsprop,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  silu,
  softmax,
  softmaxCrossEntropy,
  softplus,
  squared,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';

type Matrix = readonly (readonly number[])[];

/** ln 3: σ(±ln 3) = ¾ and ¼, σ'(±ln 3) = 3/16. */
const L = Math.log(3);
/** f32 arithmetic on numbers near 1, with an exponential in between. */
const CLOSE = 2e-6;

interface Compiled {
  device: Device | 'cpu';
  model: Model;
  loss: LossFunction;
  batch?: number;
  optimizer?: Optimizer;
}

/** A net with these weights: W1, b1, W2, b2, ... row by row. */
async function net(
  { device, model, loss, batch = 4, optimizer = sgd({ learningRate: 0 }) }: Compiled,
  ...weights: number[][]
): Promise<Trainer> {
  const trainer = await compile(model, { device, batch, loss, optimizer });
  const shapes = Object.entries(await trainer.parameters());
  expect(weights).toHaveLength(shapes.length);
  trainer.setParameters(
    Object.fromEntries(shapes.map(([key, { shape }], i) => [key, { shape, data: Float32Array.from(weights[i]) }])),
  );
  return trainer;
}

/** Every tensor against its rows; columns past the given ones are those of no sample. */
async function expectTensors(
  trainer: Trainer,
  expected: Record<string, Matrix | number>,
  tolerance = CLOSE,
): Promise<void> {
  for (const [name, value] of Object.entries(expected)) {
    const rows = typeof value === 'number' ? [[value]] : value;
    const { shape, data } =
      typeof value === 'number' ? { shape: [1, 1], data: [await trainer.loss()] } : await trainer.tensor(name);
    expect(shape[0], `rows of ${name}`).toBe(rows.length);
    rows.flat().forEach((want, i) => {
      const [row, column] = [Math.floor(i / rows[0].length), i % rows[0].length];
      const found = data[row * shape[1] + column];
      const within = tolerance * Math.max(1, Math.abs(want));
      expect(Math.abs(found - want), `${name}[${row}][${column}]: ${found}, not ${want}`).toBeLessThanOrEqual(within);
    });
  }
}

/** Three units on three inputs, all cases alike: software drivers take long to compile a kernel for each new shape. */
const layer = (activation: LayerActivation = linear): Model => sequential([3], [dense(3, activation)]);
const zeros = (n: number): number[] => new Array(n).fill(0);
/** W = 1, b = 0: z is the input. */
const through: number[][] = [[1, 0, 0, 0, 1, 0, 0, 0, 1], zeros(3)];

/** ∂C/∂(a, y) of one, two and three samples at once; see 'costs'. */
const costs: [string, (options?: LossOptions) => LossFunction, number, (e: number) => number][] = [
  ['quadratic is ½ Σ (a − y)²: half of 37, δ = a − y', quadratic, 37 / 2, (e) => e],
  ['squared is Σ (a − y)²: 37, δ = 2 (a − y)', squared, 37, (e) => 2 * e],
  ['meanSquared is the mean of (a − y)² over 3 outputs: 37/3, δ = ⅔ (a − y)', meanSquared, 37 / 3, (e) => (2 / 3) * e],
];

/** [σ, z, σ(z), σ'(z)] by hand: e^(ln k) = k. */
const activations: [string, LayerActivation, number[], number[], number[]][] = [
  ['sigmoid: ½, ¾, ¼; σ (1 − σ) = ¼, 3/16', sigmoid, [0, L, -L], [1 / 2, 3 / 4, 1 / 4], [1 / 4, 3 / 16, 3 / 16]],
  ['relu: σ′(0) = 0', relu, [-1, 0, 2], [0, 0, 2], [0, 0, 1]],
  ['tanh ln 2 = (4 − 1)/(4 + 1); 1 − tanh² = 16/25', tanh, [0, Math.LN2, -Math.LN2], [0, 0.6, -0.6], [1, 0.64, 0.64]],
  ['linear: z and 1', linear, [-1, 0, 2], [-1, 0, 2], [1, 1, 1]],
  ['leakyRelu: z/100 below 0', leakyRelu, [-2, 0, 2], [-0.02, 0, 2], [0.01, 0.01, 1]],
  ['elu: e^−ln 2 − 1 = −½, slope ½', elu, [-Math.LN2, 0, 2], [-0.5, 0, 2], [0.5, 1, 1]],
  [
    'silu z σ(z): slope σ + z σ (1 − σ)',
    silu,
    [0, L, -L],
    [0, 0.75 * L, -0.25 * L],
    [0.5, 0.75 + (3 / 16) * L, 0.25 - (3 / 16) * L],
  ],
  [
    'softplus ln(1 + e^z): ln 2, ln 4, ln 4/3; slope σ(z)',
    softplus,
    [0, L, -L],
    [Math.log(2), Math.log(4), Math.log(4 / 3)],
    [0.5, 0.75, 0.25],
  ],
  // Far out tanh(w) is ±1 and its slope 0: gelu is z or 0.
  ['gelu: half of z near 0, z or 0 far out', gelu, [0, 12, -12], [0, 12, 0], [0.5, 1, 0]],
];

export function equations(title: string, device: () => Device | 'cpu'): void {
  describe(title, () => {
    test('output error, hidden error, weight and bias gradients of a 2-2-1 net of sigmoids', async () => {
      const trainer = await net(
        { device: device(), model: sequential([2], [dense(2, sigmoid), dense(1, sigmoid)]), loss: quadratic() },
        [L, 0, L, -L],
        [0, 0],
        [2, -2],
        [-1],
      );
      // x = (1, 2): z¹ = (ln 3, ln 3 − 2 ln 3), a¹ = (¾, ¼); z² = 2·¾ − 2·¼ − 1 = 0, a² = ½; y = 0.
      trainer.step([1, 2], [0]);
      const delta1 = [[3 / 64], [-3 / 64]];
      await expectTensors(trainer, {
        x: [[1], [2]],
        y: [[0]],
        z1: [[L], [-L]],
        a1: [[3 / 4], [1 / 4]],
        z2: [[0]],
        a2: [[1 / 2]],
        loss: 1 / 8, // ½ (½ − 0)²
        delta2: [[1 / 8]], // (a − y) σ'(0) = ½ · ¼
        delta1, // W²ᵀ δ² ⊙ σ'(z¹) = (±2 · ⅛) · 3/16
        dW2: [[3 / 32, 1 / 32]], // δ² a¹ᵀ
        db2: [[1 / 8]],
        dW1: [
          [3 / 64, 6 / 64],
          [-3 / 64, -6 / 64],
        ], // δ¹ xᵀ
        db1: delta1,
      });
      const gradients = await trainer.gradients([1, 2], [0]);
      expect(Object.entries(gradients).map(([key, { shape }]) => [key, shape])).toEqual([
        ['layers.0.weight', [2, 2]],
        ['layers.0.bias', [2]],
        ['layers.1.weight', [1, 2]],
        ['layers.1.bias', [1]],
      ]);
      const flat = Object.values(gradients).flatMap(({ data }) => [...data]);
      const byHand = [3, 6, -3, -6, 3, -3, 6, 2, 8].map((n) => n / 64);
      flat.forEach((value, i) => void expect(value).toBeCloseTo(byHand[i], 6));
      trainer.destroy();
    });

    describe('costs', () => {
      // x = (1, 0, 0), (2, 0, 0), (3, 0, 0), W x + b = (2, −1, 0) x + (1, 0, 0); y = (3, 0, −1) each time: errors a − y
      // below, one column a sample; Σ e² = 2 + 9 + 26 = 37.
      const errors = [
        [0, 2, 4],
        [-1, -2, -3],
        [1, 1, 1],
      ];
      const weights = [
        [2, 0, 0, -1, 0, 0, 0, 0, 0],
        [1, 0, 0],
      ];
      const x = [1, 0, 0, 2, 0, 0, 3, 0, 0];
      const y = [3, 0, -1, 3, 0, -1, 3, 0, -1];
      for (const [name, loss, total, slope] of costs) {
        for (const reduction of ['sum', 'mean'] as const) {
          test(`${name}; ${reduction} over the batch; the bias gradient sums δ over it`, async () => {
            // Three samples in a batch of four: the mean is over the three.
            const trainer = await net({ device: device(), model: layer(), loss: loss({ reduction }) }, ...weights);
            trainer.step(x, y);
            const n = reduction === 'mean' ? 3 : 1;
            const delta = errors.map((row) => row.map((e) => slope(e) / n));
            const sum = (values: number[]) => values.reduce((a, b) => a + b);
            await expectTensors(trainer, {
              z1: [
                [3, 5, 7],
                [-1, -2, -3],
                [0, 0, 0],
              ],
              loss: total / n,
              delta1: delta,
              db1: delta.map((row) => [sum(row)]),
              dW1: delta.map(([d1, d2, d3]) => [d1 + 2 * d2 + 3 * d3, 0, 0]),
            });
            expect(await trainer.loss()).toBe((await trainer.tensor('losses')).data.reduce((a, b) => a + b));
            trainer.destroy();
          });
        }
      }

      test('the mean is what is meant where no reduction is named', () => {
        for (const [, loss] of costs) expect(loss().mean).toBe(loss({ reduction: 'mean' }).mean);
        expect(softmaxCrossEntropy().mean).toBe(true);
        expect(softmaxCrossEntropy({ reduction: 'sum' }).mean).toBe(false);
      });

      // z = (ln 3, −ln 3, 0): σ = (¾, ¼, ½). y = (1, 1, 0): −ln ¾ − ln ¼ + ln 2.
      test.each([
        ['binaryCrossEntropy of sigmoids', sigmoid, binaryCrossEntropy],
        ['sigmoidCrossEntropy of logits', linear, sigmoidCrossEntropy],
      ])('%s sums over outputs, δ = σ(z) − y', async (_name, activation, loss) => {
        const model = layer(activation);
        const trainer = await net({ device: device(), model, loss: loss({ reduction: 'sum' }) }, ...through);
        trainer.step([L, -L, 0], [1, 1, 0]);
        await expectTensors(trainer, {
          loss: Math.log(4 / 3) + Math.log(4) + Math.LN2,
          delta1: [[-1 / 4], [-3 / 4], [1 / 2]],
        });
        trainer.destroy();
      });
    });

    describe('activations', () => {
      for (const [name, activation, z, a, slope] of activations) {
        test(name, async () => {
          const loss = squared({ reduction: 'sum' });
          const trainer = await net({ device: device(), model: layer(activation), loss }, ...through);
          // With y = a − ½ the gradient 2 (a − y) is 1 everywhere, and δ is σ' itself.
          const y = a.map((value) => value - 0.5);
          trainer.step(z, y);
          const column = (values: number[]) => values.map((value) => [value]);
          await expectTensors(trainer, {
            [activation === linear ? 'z1' : 'a1']: column(a),
            loss: 3 / 4,
            delta1: column(slope),
          });
          trainer.destroy();
        });
      }
    });

    describe('softmax', () => {
      // z = (ln 1, ln 2, ln 3): p = (1/6, 2/6, 3/6).
      const z = [0, Math.LN2, L];
      const p = [1 / 6, 1 / 3, 1 / 2];

      test('the Jacobian of a softmax layer is σᵢ (δᵢⱼ − σⱼ)', async () => {
        const model = layer(softmax);
        const trainer = await net({ device: device(), model, loss: squared({ reduction: 'sum' }) }, ...through);
        // Sample j has y = p − ½ eⱼ, so ∂C/∂a = 2 (a − y) = eⱼ, and its δ is column j of the Jacobian.
        const y = [0, 1, 2].flatMap((j) => p.map((value, i) => value - (i === j ? 0.5 : 0)));
        trainer.step([...z, ...z, ...z], y);
        await expectTensors(trainer, {
          a1: p.map((value) => [value, value, value]),
          loss: 3 / 4,
          delta1: [
            [5 / 36, -1 / 18, -1 / 12],
            [-1 / 18, 2 / 9, -1 / 6],
            [-1 / 12, -1 / 6, 1 / 4],
          ],
        });
        trainer.destroy();
      });

      test.each([
        ['softmaxCrossEntropy of logits', linear, softmaxCrossEntropy],
        ['categoricalCrossEntropy of a softmax layer', softmax, categoricalCrossEntropy],
      ])('%s gives δ = p − y', async (_name, activation, loss) => {
        const model = layer(activation);
        const trainer = await net({ device: device(), model, loss: loss({ reduction: 'sum' }) }, ...through);
        // y = e₂: −ln ⅓; y = (½, ½, 0): ½ ln 6 + ½ ln 3; logits beyond what exp can hold: p = e₁ to the last bit.
        trainer.step([...z, ...z, 100, 0, 0], [0, 1, 0, 0.5, 0.5, 0, 1, 0, 0]);
        await expectTensors(trainer, {
          loss: Math.log(3) + Math.log(18) / 2,
          delta1: [
            [1 / 6, -1 / 3, 0],
            [-2 / 3, -1 / 6, 0],
            [1 / 2, 1 / 2, 0],
          ],
        });
        // The same from class indices, without the sample of two classes.
        trainer.step([...z, ...z], [1, 1]);
        await expectTensors(trainer, { loss: 2 * Math.log(3), db1: [[1 / 3], [-4 / 3], [1]] });
        trainer.destroy();
      });

      test('predict passes the logits of softmaxCrossEntropy through softmax', async () => {
        const trainer = await net({ device: device(), model: layer(), loss: softmaxCrossEntropy() }, ...through);
        const found = await trainer.predict(z);
        p.forEach((value, i) => void expect(found[i]).toBeCloseTo(value, 6));
        trainer.destroy();
      });
    });

    test.each([7, 100])('in matrix form, W of 10×100 and a of 100×%i: exact in whole numbers', async (n) => {
      // All numbers are whole and below 2²⁴, so that f32 holds every one of them exactly, in whatever order they are added.
      const whole = (count: number, a: number, modulus: number) =>
        Array.from({ length: count }, (_, i) => ((a * i + (i >> 3)) % modulus) - (modulus >> 1));
      const [W1, b1, W2, b2] = [whole(300, 5, 3), whole(100, 2, 3), whole(1000, 7, 5), whole(10, 3, 7)];
      const [x, y] = [whole(3 * n, 7, 3), whole(10 * n, 11, 9)];
      const model = sequential([3], [dense(100), dense(10)]);
      const loss = squared({ reduction: 'sum' });
      const trainer = await net({ device: device(), model, loss, batch: n }, W1, b1, W2, b2);
      trainer.step(x, y);

      // One sample after another: z = W a + b, δ² = 2 (z² − y), δ¹ = W²ᵀ δ², ∂W = Σ δ aᵀ, ∂b = Σ δ.
      const matrix = (rows: number, columns: number) => Array.from({ length: rows }, () => zeros(columns));
      const [z1, z2, delta1, delta2] = [matrix(100, n), matrix(10, n), matrix(100, n), matrix(10, n)];
      const [dW1, db1, dW2, db2] = [matrix(100, 3), matrix(100, 1), matrix(10, 100), matrix(10, 1)];
      for (let s = 0; s < n; s++) {
        const a0 = x.slice(3 * s, 3 * s + 3);
        const a1 = b1.map((b, i) => a0.reduce((sum, a, k) => sum + W1[3 * i + k] * a, b));
        const a2 = b2.map((b, i) => a1.reduce((sum, a, k) => sum + W2[100 * i + k] * a, b));
        const d2 = a2.map((a, i) => 2 * (a - y[10 * s + i]));
        const d1 = a1.map((_, k) => d2.reduce((sum, d, i) => sum + W2[100 * i + k] * d, 0));
        for (const [to, from] of [
          [z1, a1],
          [z2, a2],
          [delta1, d1],
          [delta2, d2],
        ] as const) {
          for (const [i, value] of from.entries()) to[i][s] = value;
        }
        for (const [dW, db, d, a] of [
          [dW1, db1, d1, a0],
          [dW2, db2, d2, a1],
        ] as const) {
          for (const [i, di] of d.entries()) {
            db[i][0] += di;
            for (const [k, ak] of a.entries()) dW[i][k] += di * ak;
          }
        }
      }
      const expected = { z1, z2, delta2, delta1, dW2, db2, dW1, db1 };
      expect(Math.max(...Object.values(expected).flat(2).map(Math.abs))).toBeLessThan(2 ** 24);
      await expectTensors(trainer, expected, 0);
      trainer.destroy();
    });

    descent(device);
  });
}

/**
 * A line through two points: x = ±2 with y = w* x + b*, w* = 1, b* = −3. The mean of ½ (w x + b − y)² has the gradient
 * ∂w = 4 (w − w*), ∂b = b − b*, so the two parameters descend independently of each other. The other two inputs and
 * outputs of the layer stay at 0.
 */
const line = { x: [2, 0, 0, -2, 0, 0], y: [-1, 0, 0, -5, 0, 0], start: [5, 1], goal: [1, -3] };
const slopes = ([w, b]: readonly number[]): number[] => [4 * (w - line.goal[0]), b - line.goal[1]];

const lineNet = (device: Device | 'cpu', optimizer: Optimizer): Promise<Trainer> =>
  net({ device, model: layer(), loss: quadratic(), optimizer }, [line.start[0], ...zeros(8)], [line.start[1], 0, 0]);

async function lineOf(trainer: Trainer): Promise<number[]> {
  const { 'layers.0.weight': w, 'layers.0.bias': b } = await trainer.parameters();
  expect([...w.data.subarray(1), ...b.data.subarray(1)]).toEqual(zeros(10));
  return [w.data[0], b.data[0]];
}

/** (w, b) after each of `steps` steps. */
async function trace(device: Device | 'cpu', optimizer: Optimizer, steps: number): Promise<number[][]> {
  const trainer = await lineNet(device, optimizer);
  const found: number[][] = [];
  for (let t = 0; t < steps; t++) {
    trainer.step(line.x, line.y);
    found.push(await lineOf(trainer));
  }
  expect(trainer.steps).toBe(steps);
  trainer.destroy();
  return found;
}

/** One parameter under one rule: from θ, its gradient and the step t = 1, 2, ... to the next θ, in f64. */
type Rule = () => (theta: number, slope: (theta: number) => number, t: number) => number;

/** Kingma & Ba 2015, algorithm 1, with λ θ in the gradient (L2) or in the direction (Loshchilov & Hutter 2019, algorithm 2). */
const adamRule =
  (eta: number, beta1: number, beta2: number, epsilon: number, l2 = 0, decoupled = 0): Rule =>
  () => {
    let [m, v] = [0, 0];
    return (theta, slope, t) => {
      const g = slope(theta) + l2 * theta;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      return theta - eta * (m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon) + decoupled * theta);
    };
  };

/** Polyak 1964, as two positions: θₜ₊₁ = θₜ − η g + μ (θₜ − θₜ₋₁). */
const heavyBall =
  (eta: number, mu: number, l2 = 0): Rule =>
  () => {
    let before: number | undefined;
    return (theta, slope) => {
      const next = theta - eta * (slope(theta) + l2 * theta) + mu * (theta - (before ?? theta));
      before = theta;
      return next;
    };
  };

/**
 * Sutskever et al. 2013, equations 3 and 4: v ← μ v − η ∇f(θ + μ v), θ ← θ + v. What a library holds is the point where the
 * gradient is taken, φ = θ + μ v.
 */
const lookAhead =
  (eta: number, mu: number): Rule =>
  () => {
    let v = 0;
    return (phi, slope) => {
      const theta = phi - mu * v;
      v = mu * v - eta * slope(phi);
      return theta + v + mu * v;
    };
  };

const rules: [string, Optimizer, Rule][] = [
  [
    'sgd with L2 weight decay: θ ← θ − η (g + λ θ)',
    sgd({ learningRate: 0.1, weightDecay: 0.3 }),
    () => (theta, slope) => theta - 0.1 * (slope(theta) + 0.3 * theta),
  ],
  ['momentum as the heavy ball', momentum({ learningRate: 0.05 }), heavyBall(0.05, 0.9)],
  ['sgd with momentum and L2', sgd({ learningRate: 0.05, momentum: 0.5, weightDecay: 0.2 }), heavyBall(0.05, 0.5, 0.2)],
  ['nesterov as the look-ahead point', nesterov({ learningRate: 0.05, momentum: 0.8 }), lookAhead(0.05, 0.8)],
  ['adam', adam({ learningRate: 0.3 }), adamRule(0.3, 0.9, 0.999, 1e-8)],
  [
    'adam with its own β, ε and L2',
    adam({ learningRate: 0.3, beta1: 0.5, beta2: 0.75, epsilon: 0.1, weightDecay: 0.2 }),
    adamRule(0.3, 0.5, 0.75, 0.1, 0.2),
  ],
  ['adamw', adamw({ learningRate: 0.3, weightDecay: 0.2 }), adamRule(0.3, 0.9, 0.999, 1e-8, 0, 0.2)],
  ['adamw with λ = 0.01 unless told', adamw({ learningRate: 0.3 }), adamRule(0.3, 0.9, 0.999, 1e-8, 0, 0.01)],
  [
    'rmsprop: v ← ρ v + (1 − ρ) g², θ ← θ − η g / (√v + ε)',
    rmsprop({ learningRate: 0.1, decay: 0.75, epsilon: 0.01 }),
    () => {
      let v = 0;
      return (theta, slope) => {
        const g = slope(theta);
        v = 0.75 * v + 0.25 * g * g;
        return theta - (0.1 * g) / (Math.sqrt(v) + 0.01);
      };
    },
  ],
];

function descent(device: () => Device | 'cpu'): void {
  test('gradient descent θ ← θ − η ∇C closes in by (1 − 4η) and (1 − η) a step', async () => {
    const found = await trace(device(), sgd({ learningRate: 1 / 8 }), 6);
    // w = 1 + 4 (½)ᵗ, b = −3 + 4 (⅞)ᵗ: powers of two below, and so exact in f32.
    const byHand = [1, 2, 3, 4, 5, 6].map((t) => [1 + 4 / 2 ** t, -3 + (4 * 7 ** t) / 8 ** t]);
    expect(byHand[0]).toEqual([3, 0.5]);
    expect(found).toEqual(byHand);
  });

  test('gradient descent with a learning rate that changes on the way', async () => {
    const trainer = await lineNet(device(), sgd({ learningRate: 1 / 8 }));
    for (const eta of [1 / 8, 1 / 4, 0]) {
      trainer.learningRate = eta;
      trainer.step(line.x, line.y);
    }
    // w − 1: 4 · ½ · 0 · 1; b + 3: 4 · ⅞ · ¾ · 1
    expect(await lineOf(trainer)).toEqual([1, -3 + (4 * 7 * 3) / (8 * 4)]);
    trainer.destroy();
  });

  test.each(rules)('%s, step by step', async (_name, optimizer, rule) => {
    const found = await trace(device(), optimizer, 8);
    const theta: number[] = [...line.start];
    const next = theta.map(() => rule());
    found.forEach((values, i) => {
      theta.forEach((_, k) => {
        theta[k] = next[k](theta[k], (at) => slopes(theta.with(k, at))[k], i + 1);
        expect(values[k], `${'wb'[k]} after step ${i + 1}`).toBeCloseTo(theta[k], 5);
      });
    });
  });
}
