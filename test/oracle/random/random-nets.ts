/** Random nets out of all layers: each seed has its own model, parameters, samples and loss. */
import { normals, uniforms } from '../../../src/base/random.ts';
import { type Shape, size } from '../../../src/base/tensor.ts';
import {
  activation,
  add,
  apply,
  avgPool1d,
  avgPool2d,
  batchNorm,
  compile,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  type Device,
  dense,
  embedding,
  flatten,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  gru,
  input,
  type Layer,
  type LossFunction,
  layerNorm,
  lstm,
  type Model,
  maxPool1d,
  maxPool2d,
  meanSquared,
  model,
  multiply,
  permute,
  prelu,
  quadratic,
  reshape,
  type Symbolic,
  sgd,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  standardize,
  type Tensor,
  upsample2d,
} from '../../../src/index.node.ts';
import { activations as all } from '../../../src/nn/layers/all-activations.ts';
import { countParameters, parametersOf as parametersIn } from '../../../src/nn/model.ts';

export interface RandomNet {
  readonly model: Model;
  readonly loss: LossFunction;
  readonly samples: number;
  /** Whether the inputs are whole numbers, for an embedding. */
  readonly indices: boolean;
  /** Count of the indices. */
  readonly count: number;
}

/** Softmax goes only where there are several numbers to choose from. */
const activations = Object.values(all).filter((f) => f !== softmax);

/** Draws from a list, or a whole number below n. */
class Draw {
  #at = 0;
  readonly #values: ArrayLike<number>;
  constructor(seed: number) {
    this.#values = Array.from(uniforms(4096, seed, 17));
  }
  below(n: number): number {
    return Math.floor(this.#values[this.#at++ % 4096] * n);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

/** The net of a seed. */
export function randomNet(seed: number): RandomNet {
  const draw = new Draw(seed);
  const indices = draw.below(6) === 0;
  const count = 3 + draw.below(20);
  const sample = indices ? [2 + draw.below(7)] : draw.of(shapes)(draw);
  const x = input(sample);
  let value = indices ? apply(embedding(count, 1 + draw.below(6), padding(draw, count)), x) : x;
  for (let left = 1 + draw.below(6); left > 0; left--)
    value = draw.below(4) === 0 ? branch(value, draw) : next(value, draw);
  if (size(value.shape) > 64 || draw.below(2) === 0) value = apply(dense(2 + draw.below(7)), value);
  else if (value.shape.length > 1) value = apply(flatten(), value);
  if (value === x || countParameters(model(x, value)) === 0) value = apply(dense(3), value);
  const losses = [quadratic(), meanSquared(), sigmoidCrossEntropy()];
  const last = value.layer && 'activation' in value.layer ? value.layer.activation : 'linear';
  const logits = size(value.shape) > 1 && last === 'linear' ? [softmaxCrossEntropy()] : [];
  const usable = [...losses.filter(({ prediction }) => prediction !== last), ...logits];
  return { model: model(x, value), loss: draw.of(usable), samples: 1 + draw.below(9) + 2, indices, count };
}

/** Compiled with room for two samples more than there are. */
export const compiled = ({ model, loss, samples }: RandomNet, device: Device | 'cpu') =>
  compile(model, { device, batch: samples + 2, loss, optimizer: sgd({ learningRate: 0.1 }), tune: 'off', keep: [] });

/** Parameters by key; variances and deviations are positive. */
export function parametersOf({ model }: RandomNet, seed: number): Record<string, Tensor> {
  const parameters = parametersIn(model).map(({ key, shape }, i) => {
    const values = Float32Array.from(normals(size(shape), seed, 100 + i), (value) => value / 2);
    const isPositive = /running_var|std$/.test(key);
    return [key, { shape, data: isPositive ? values.map((value) => 0.5 + value * value) : values }] as const;
  });
  return Object.fromEntries(parameters);
}

/** Samples one after another. */
export function inputsOf({ model, samples, indices, count }: RandomNet, seed: number): Float32Array {
  const n = samples * size(model.input);
  return indices
    ? Float32Array.from(uniforms(n, seed, 1), (u) => Math.floor(u * count))
    : Float32Array.from(normals(n, seed, 1));
}

const padding = (draw: Draw, count: number) => (draw.below(2) === 0 ? {} : { padding: draw.below(count) });

const shapes: readonly ((draw: Draw) => Shape)[] = [
  (draw) => [2 + draw.below(20)],
  (draw) => [1 + draw.below(4), 4 + draw.below(14)],
  (draw) => [1 + draw.below(4), 4 + draw.below(9), 4 + draw.below(9)],
  (draw) => [2 * (1 + draw.below(3)), 5 + draw.below(7), 3 + draw.below(7)],
];

/** One more layer. */
const next = (value: Symbolic, draw: Draw): Symbolic => apply(draw.of(layersFor(value.shape, draw)), value);

/** Two ways that meet again; sometimes both go through one layer, with one set of weights. */
function branch(value: Symbolic, draw: Draw): Symbolic {
  const shared = draw.of(keeping(value.shape, draw));
  const one = apply(shared, value);
  const other = draw.below(3) === 0 ? apply(shared, one) : apply(draw.of(keeping(value.shape, draw)), value);
  const scale = value.shape.length === 3 && draw.below(2) === 0;
  if (scale) return apply(multiply(), one, apply(globalAveragePool2d(), other));
  return apply(draw.of([add(), multiply(), concat()]), one, other);
}

/** Layers that leave a shape as it is. */
function keeping(shape: Shape, draw: Draw): Layer[] {
  const [channels] = shape;
  const f = draw.of(activations);
  const always = [activation(f), layerNorm(), prelu(), ...normalizing(shape, draw)];
  if (shape.length === 1) return [...always, dense(channels, f), dense(channels, f, { bias: false })];
  if (shape.length === 2) return [...always, conv1d(channels, 3, f, { padding: 'same' })];
  return [...always, conv2d(channels, 3, f, { padding: 1 }), conv2d(channels, [1, 3], f, { padding: 'same' })];
}

function normalizing(shape: Shape, draw: Draw): Layer[] {
  const [channels] = shape;
  const mean = Array.from({ length: channels }, (_, i) => i / 7 - 0.3);
  const deviation = mean.map((m) => 0.7 + m * m);
  const grouped = shape.length > 1 ? [groupNorm(draw.of(divisors(channels)))] : [];
  return [batchNorm(), ...grouped, standardize({ mean, deviation })];
}

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** Layers that take such a shape. */
function layersFor(shape: Shape, draw: Draw): Layer[] {
  const f = draw.of(activations);
  const units = 1 + draw.below(9);
  const always = [...keeping(shape, draw), dense(units, f), dense(units, f, { bias: false }), flatten()];
  if (shape.length === 1) return [...always, ...(shape[0] > 1 ? [activation(softmax)] : []), reshape([1, shape[0]])];
  return [
    ...always,
    ...(shape.length === 2 ? forSignals(shape, draw) : forImages(shape, draw)),
    ...turned(shape, draw),
  ];
}

const turned = (shape: Shape, draw: Draw): Layer[] =>
  shape.length === 2
    ? [permute([1, 0])]
    : [
        permute(
          draw.of([
            [0, 2, 1],
            [1, 2, 0],
            [2, 0, 1],
          ]),
        ),
        reshape([shape[0], shape[1] * shape[2]]),
      ];

function forSignals([channels, length]: Shape, draw: Draw): Layer[] {
  const kernel = 1 + draw.below(Math.min(5, length));
  const stride = 1 + draw.below(3);
  const groups = draw.of(divisors(channels));
  const filters = groups * (1 + draw.below(3));
  const f = draw.of(activations);
  const pad = draw.below(Math.floor(kernel / 2) + 1);
  const sequence = draw.below(2) === 0;
  return [
    gru(1 + draw.below(6), { sequence }),
    lstm(1 + draw.below(6), { sequence }),
    conv1d(filters, kernel, f, { stride, padding: draw.below(3), groups }),
    conv1d(filters, kernel, f, {
      stride,
      padding: draw.of(['same', 'valid'] as const),
      bias: draw.below(2) === 0,
      groups,
    }),
    maxPool1d(kernel, { stride, padding: pad }),
    avgPool1d(kernel, { stride, padding: pad, countPadding: draw.below(2) === 0 }),
  ];
}

function forImages([channels, height, width]: Shape, draw: Draw): Layer[] {
  const kernel = [1 + draw.below(Math.min(4, height)), 1 + draw.below(Math.min(4, width))] as const;
  const stride = [1 + draw.below(3), 1 + draw.below(3)] as const;
  const groups = draw.of(divisors(channels));
  const filters = groups * (1 + draw.below(3));
  const f = draw.of(activations);
  const pad = [draw.below(Math.floor(kernel[0] / 2) + 1), draw.below(Math.floor(kernel[1] / 2) + 1)] as const;
  const bias = draw.below(2) === 0;
  const outputPadding = [draw.below(stride[0]), draw.below(stride[1])] as const;
  const small = height * width <= 100 ? [upsample2d([1 + draw.below(2), 2])] : [];
  const back =
    height * width <= 64 ? [conv2dTranspose(1 + draw.below(4), kernel, f, { stride, outputPadding, bias })] : [];
  return [
    conv2d(filters, kernel, f, { stride, padding: [draw.below(2), draw.below(3)], groups, bias }),
    conv2d(filters, kernel, f, { stride, padding: draw.of(['same', 'valid'] as const), groups }),
    conv2d(channels, kernel, f, { groups: channels, bias }),
    maxPool2d(kernel, { stride, padding: pad }),
    avgPool2d(kernel, { stride, padding: pad, countPadding: draw.below(2) === 0 }),
    activation(softmax),
    globalAveragePool2d(),
    globalMaxPool2d(),
    ...small,
    ...back,
  ];
}
