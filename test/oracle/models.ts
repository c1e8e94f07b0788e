/**
 * What each file of `data/` stands for. PyTorch wrote them in double precision: inputs, parameters, outputs, gradients. The
 * `note` of a file says which layers it holds, with their options.
 *
 * To add an entry: import the layer, add a line `'name of the file': (shape) => model` and take the name out of `MISSING`.
 * Parameters go by their order and by the last part of their keys ('weight', 'bias'), which are those of PyTorch. For a loss,
 * add a line to `losses` and take its name out of `MISSING_LOSSES`. Then run
 * `npx vitest run --project gpu test/oracle/oracle`.
 */
import type { Shape } from '../../src/base/tensor.ts';
import {
  activation,
  hardSigmoid,
  hardSwish,
  type Layer,
  type LossFunction,
  type Model,
  mish,
  relu6,
  selu,
  sequential,
} from '../../src/index.node.ts';

/** A stack of layers, for samples of any shape. */
const stack =
  (...layers: readonly Layer[]) =>
  (sample: Shape): Model =>
    sequential(sample, layers);

/** Files of nets, by their name: the model for samples of the shape that the file has. */
export const models: Readonly<Record<string, (sample: Shape) => Model>> = {
  'hard-sigmoid': stack(activation(hardSigmoid)),
  'hard-swish': stack(activation(hardSwish)),
  mish: stack(activation(mish)),
  relu6: stack(activation(relu6)),
  selu: stack(activation(selu)),
};

/** Files of nets that cannot be built yet. */
export const MISSING: readonly string[] = [
  'concat',
  'conv1d',
  'conv1d-stride',
  'conv2d-depthwise',
  'conv2d-groups',
  'conv2d-pairs',
  'conv2d-transpose',
  'embedding',
  'global-average',
  'global-max',
  'group-norm',
  'multiply',
  'prelu',
  'prelu-dense',
  'stack-autoencoder',
  'stack-text',
  'upsample',
];

export interface OracleLoss {
  /** The loss, with `reduction: 'sum'`. */
  readonly loss: LossFunction;
  /** The targets of one sample, made of its y. Default: y itself. */
  targets?(y: readonly number[]): readonly number[];
}

/** Losses of `losses.json`, by their name. */
export const losses: Readonly<Record<string, OracleLoss>> = {};

/** Losses that do not exist yet. */
export const MISSING_LOSSES: readonly string[] = ['huber', 'kl-divergence', 'mean-absolute', 'smooth'];
