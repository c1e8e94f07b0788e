/** Gradients of the loss of a batch with respect to parameters and inputs. Nothing of the net changes. */
import { checkFlag, checkKeys, keysOf } from '../../base/arguments.ts';
import { ArgumentError, NonFiniteError } from '../../base/errors.ts';
import { type Shape, show, type Tensor, toSamples } from '../../base/tensor.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Program } from '../../engine/engine.ts';
import { writeTensors } from '../../engine/named-tensors.ts';
import { takerOfWhole } from '../../nn/demands.ts';
import { features, type Model } from '../../nn/model.ts';
import { isDataset } from '../batch.ts';
import type { Compiled } from '../compiled.ts';
import { remedy } from '../evaluate.ts';
import { gradientGraph } from '../graphs.ts';
import { type NonFiniteOptions, placeIn, splitNonFinite } from '../non-finite-options.ts';
import type { BatchOptions, GivenSamples, GivenTargets, PackedBatch } from '../pack-batch.ts';
import { nextRow, type Session } from '../session.ts';

/** Options of {@link Trainer.gradients}. */
export interface GradientOptions extends BatchOptions, NonFiniteOptions {
  /** Whether to compute the gradient with respect to the inputs. Whole numbers for an `embedding` have none. Default: false. */
  inputs?: boolean;
  /** Whether to compute the gradients with respect to the parameters. Default: true. */
  parameters?: boolean;
}

/** What `gradients` is called with. */
export type GivenBatch =
  | [x: GivenSamples, y: GivenTargets, options?: GradientOptions]
  | [dataset: Dataset, options?: GradientOptions];

/** A gradient: its key and shape for the caller, and the tensor that holds it. */
export interface Gradient {
  readonly key: string;
  readonly shape: Shape;
  readonly name: string;
  /** [...sample, batch], where it is one for each sample. */
  readonly perSample?: Shape;
}

export async function gradientsOf(net: Compiled, ...given: GivenBatch): Promise<Record<string, Tensor>> {
  net.access.assertOpen('gradients');
  const [x, y, options] = inOrder(given);
  const [allowNonFinite, asked] = splitNonFinite('gradients', options);
  const wanted = checkWanted('gradients', net.session.task.model, asked);
  const batch = net.pack(x, y, 'gradients', { sampleWeights: asked?.sampleWeights });
  const { task } = net.session;
  const read = async (program: Program, gradients: readonly Gradient[]) => {
    const found = await program.readAll(gradients.map(({ name }) => name));
    const dataOf = ({ name, perSample }: Gradient): Float32Array =>
      perSample ? toSamples(found.get(name)!, features(task.model), task.batch, batch.columns) : found.get(name)!;
    const read = gradients.map((of) => [of.key, { shape: of.shape, data: dataOf(of) }] as const);
    if (!allowNonFinite) for (const [key, gradient] of read) demandGradient(key, gradient);
    return Object.fromEntries(read);
  };
  return net.access.take(() =>
    net.finite('gradients', { allowNonFinite }, () => withGradients(net, wanted, batch, read)),
  );
}

function demandGradient(key: string, { shape, data }: Tensor): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const [element, value] = [placeIn(shape, at), data[at]];
  const message = `gradients: that of ${key} is ${value} at ${show(element)}. ${remedy}`;
  throw new NonFiniteError(message, { tensor: key, element, value });
}

/** Computes gradients of a batch, and does something with them; of the loss, unless they are to follow something else. */
export function withGradients<T>(
  net: Compiled,
  wanted: Wanted,
  { columns, tensors }: PackedBatch,
  work: (program: Program, gradients: readonly Gradient[]) => Promise<T>,
  following?: { readonly name: string; readonly upstreamOf: Parameters<typeof gradientGraph>[2] },
): Promise<T> {
  const { engine, task } = net.session; // what is frozen may change before the turn of this call
  const gradients = gradientsIn(net.session, wanted, columns);
  const weighted = tensors.has('w');
  const program = {
    name: `gradients ${wanted.parameters} ${wanted.inputs} ${weighted} ${following?.name}`,
    graph: () => gradientGraph({ ...task, weighted }, wanted, following?.upstreamOf),
    keep: (node: { name: string }) => gradients.some(({ name }) => name === node.name),
  };
  return net.on(program, (program) => {
    writeTensors(program, tensors);
    engine.run([{ programs: [program], rows: [nextRow(net.session, { columns })] }]);
    return work(program, gradients);
  });
}

/** A batch as x and y, or as a data set in place of x; numbers beside a data set are left for `pack` to refuse. */
function inOrder(given: GivenBatch): [x: GivenSamples | Dataset, y?: GivenTargets, options?: GradientOptions] {
  const [x, y, options] = given;
  return isDataset(x) && keysOf(y) ? [x, undefined, y as GradientOptions] : [x, y as GivenTargets, options];
}

/** Which gradients to compute. */
type Wanted = Required<Pick<GradientOptions, 'inputs' | 'parameters'>>;

export function checkWanted(where: string, model: Model, options: GradientOptions = {}): Wanted {
  checkKeys(where, options, ['inputs', 'parameters', 'sampleWeights']);
  const { inputs = false, parameters = true } = options;
  checkFlag(`${where}: inputs`, inputs);
  checkFlag(`${where}: parameters`, parameters);
  const taker = inputs && takerOfWhole(model);
  if (taker)
    throw new ArgumentError(
      `${where}: inputs: ${taker} takes whole numbers, with respect to which there is no gradient`,
    );
  if (inputs || parameters) return { inputs, parameters };
  throw new ArgumentError(`${where}: expected inputs or parameters to be true, found both false`);
}

function gradientsIn(
  { task: { model, batch }, parameters }: Session,
  wanted: Wanted,
  columns: number,
): readonly Gradient[] {
  const trained = wanted.parameters ? parameters.filter(({ trained }) => trained) : [];
  const ofParameters = trained.map(({ key, shape, node }) => ({ key, shape, name: `d${node.name}` }));
  if (!wanted.inputs) return ofParameters;
  return [
    ...ofParameters,
    { key: 'inputs', name: 'dx', shape: [columns, ...model.input], perSample: [...model.input, batch] },
  ];
}
