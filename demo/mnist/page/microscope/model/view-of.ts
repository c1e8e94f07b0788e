/** What the microscope shows of a net and a picture: the tensors of the lab, and what follows from them. */
import type { Tensor } from 'retrograd';
import type { Config } from '../../../config.ts';
import type { DataSummary } from '../../../lab/protocol.ts';
import type * as state from '../../state/index.ts';
import { isOf } from './names.ts';
import { layersOf, type NetLayer, type Values, valuesOf } from './net-layers.ts';
import { maskOf } from './norms.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Things that belong together: the tensors are of this net and this subject. */
export interface View {
  readonly config: Config;
  readonly layers: readonly NetLayer[];
  readonly values: Values;
  /** Pictures in the pass: those of a batch where they are normalised together. */
  readonly pictures: number;
  /** The rate of now, which may be another than the net was made with. */
  readonly learningRate: number;
  readonly subject: state.Subject;
  /** The wanted class. */
  readonly label: number;
  /** Those of the lab and, where the loss makes probabilities, p. */
  readonly tensors: Tensors;
  /** What the net says, of each class. */
  readonly outputs: Float32Array;
}

export interface Inspected {
  readonly config: Config;
  readonly data: Pick<DataSummary, 'train'>;
}

/** What is shown of the tensors that the lab found; `predicted` where a prediction is another than that of the pass. */
export function viewOf(
  { config, data }: Inspected,
  about: Pick<View, 'subject' | 'label' | 'learningRate'>,
  { prediction: p, ...found }: Tensors,
  predicted = p.data,
): View {
  const layers = layersOf(config);
  const values = valuesOf(layers, Object.keys(found));
  const pass = { ...renamed(found, layers), ...masksOf(found, layers, values) };
  return {
    ...about,
    config,
    layers,
    values,
    pictures: layers.some(({ kind }) => kind === 'batchNorm') ? Math.min(config.batch, 1 + data.train) : 1,
    tensors: { ...pass, ...stepOf(pass, about.learningRate), ...(config.loss !== 'quadratic' && { p }) },
    outputs: predicted,
  };
}

/** The slopes of a layer that is an activation alone are not those of sums z. */
const renamed = (tensors: Tensors, layers: readonly NetLayer[]): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const [, layer] = /^slope(\d+)$/.exec(name) ?? [];
      return [layer && layers[Number(layer) - 1].kind === 'activation' ? `rise${layer}` : name, tensor];
    }),
  );

/** mask1, ...: which numbers dropout let through. */
function masksOf(tensors: Tensors, layers: readonly NetLayer[], { nameOf, gradientOf, isIdle }: Values): Tensors {
  const masks = layers.flatMap(({ kind, of: [source] }, i) => {
    if (kind !== 'dropout' || isIdle(i + 1)) return [];
    const [before, after, gradientBefore, gradientAfter] = [
      ...[nameOf(source), nameOf(i + 1), gradientOf(source), gradientOf(i + 1)],
    ].map((name) => tensors[name]?.data);
    const { shape } = tensors[nameOf(i + 1)];
    return [[`mask${i + 1}`, { shape, data: maskOf(before, after, gradientBefore, gradientAfter) }] as const];
  });
  return Object.fromEntries(masks);
}

/** What is learned after a step of plain gradient descent, as 32-bit floats have it: nW1, nb1, ... */
export function stepOf(tensors: Tensors, learningRate: number): Tensors {
  const parameters = Object.keys(tensors).flatMap((name) => (isOf('g', name) ? [name.slice(1)] : []));
  return Object.fromEntries(
    parameters.map((name) => {
      const gradient = tensors[`g${name}`].data;
      const data = tensors[name].data.map((value, i) => value - learningRate * gradient[i]);
      return [`n${name}`, { shape: tensors[name].shape, data }];
    }),
  );
}
