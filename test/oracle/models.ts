/**
 * What each file of `data/` stands for. PyTorch wrote them in double precision: inputs, parameters, outputs, gradients. The
 * `note` of a file says which layers it holds, with their options.
 *
 * To add an entry: import the layer, put the file into `data/` and add a line `'name of the file': (shape) => model`.
 * Parameters go by their order and by the last part of their keys ('weight', 'bias'), which are those of PyTorch. For a loss,
 * add its values to `losses.json` and a line to `losses`. Then run `npx vitest run --project gpu test/oracle/oracle`.
 */
import type { Shape } from '../../src/base/tensor.ts';
import {
  activation,
  add,
  apply,
  concat,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  embedding,
  flatten,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  hardSigmoid,
  hardSwish,
  huber,
  input,
  klDivergence,
  type Layer,
  type LossFunction,
  linear,
  type Model,
  meanAbsolute,
  mish,
  model,
  multiply,
  prelu,
  relu,
  relu6,
  type Symbolic,
  selu,
  sequential,
  sigmoid,
  tanh,
  upsample2d,
} from '../../src/index.node.ts';

/** A stack of layers, for samples of any shape. */
const stack =
  (...layers: readonly Layer[]) =>
  (sample: Shape): Model =>
    sequential(sample, layers);

/** A model of one input. */
const branches =
  (applied: (x: Symbolic) => Symbolic) =>
  (sample: Shape): Model => {
    const x = input(sample);
    return model(x, applied(x));
  };

/** Files of nets, by their name: the model for samples of the shape that the file has. */
export const models: Readonly<Record<string, (sample: Shape) => Model>> = {
  concat: branches((x) => apply(concat(), apply(activation(tanh), x), apply(add(), x, x), x)),
  conv1d: stack(conv1d(4, 5, linear, { padding: 2 })),
  'conv1d-stride': stack(conv1d(5, 4, linear, { stride: 3 })),
  'conv2d-depthwise': stack(conv2d(8, 3, linear, { stride: 2, groups: 4 })),
  'conv2d-groups': stack(conv2d(9, 3, linear, { padding: 1, groups: 3 })),
  'conv2d-pairs': stack(conv2d(3, [3, 5], linear, { stride: [2, 1], padding: [0, 2] })),
  'conv2d-transpose': stack(conv2dTranspose(4, 3, linear, { stride: 2, padding: 1, outputPadding: 1 })),
  embedding: stack(embedding(11, 3)),
  'global-average': stack(globalAveragePool2d()),
  'global-max': stack(globalMaxPool2d()),
  'group-norm': stack(groupNorm(2)),
  'hard-sigmoid': stack(activation(hardSigmoid)),
  'hard-swish': stack(activation(hardSwish)),
  mish: stack(activation(mish)),
  multiply: branches((x) => apply(multiply(), x, apply(activation(tanh), x))),
  prelu: stack(prelu()),
  'prelu-dense': stack(prelu()),
  relu6: stack(activation(relu6)),
  selu: stack(activation(selu)),
  'stack-autoencoder': stack(
    conv2d(4, 3, relu, { stride: 2, padding: 1 }),
    conv2dTranspose(1, 4, sigmoid, { stride: 2, padding: 1 }),
  ),
  'stack-text': stack(embedding(20, 8), flatten(), dense(6, tanh), dense(4)),
  upsample: stack(upsample2d(2)),
};

export interface OracleLoss {
  /** The loss, with `reduction: 'sum'`. */
  readonly loss: LossFunction;
  /** The targets of one sample, made of its y. Default: y itself. */
  targets?(y: readonly number[]): readonly number[];
  /** What the loss of so many outputs is multiplied by to be that of the file, which is a sum over them. Default: 1. */
  factor?(outputs: number): number;
}

/** Losses of `losses.json`, by their name. */
export const losses: Readonly<Record<string, OracleLoss>> = {
  huber: { loss: huber({ reduction: 'sum' }) },
  'kl-divergence': { loss: klDivergence({ reduction: 'sum' }), targets: softmaxOf },
  'mean-absolute': { loss: meanAbsolute({ reduction: 'sum' }), factor: (outputs) => outputs },
  smooth: { loss: huber({ delta: 0.5, reduction: 'sum' }), factor: () => 1 / 0.5 },
};

function softmaxOf(y: readonly number[]): number[] {
  const powers = y.map(Math.exp);
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}
