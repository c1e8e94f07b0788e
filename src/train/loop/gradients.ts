/** Gradients of the loss of a batch with respect to parameters and inputs. Nothing of the net changes. */
import { checkFlag, checkKeys, keysOf } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import type { NamedRows, Rows } from '../../base/numbers.ts';
import { type Shape, type Tensor, toSamples } from '../../base/tensor.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Program } from '../../engine/engine.ts';
import { writeTensors } from '../../engine/named-tensors.ts';
import { features } from '../../nn/model.ts';
import { isDataset } from '../batch.ts';
import type { Compiled } from '../compiled.ts';
import { gradientGraph } from '../graphs.ts';
import { nextRow, type Session } from '../session.ts';

/** Options of {@link Trainer.gradients}. */
export interface GradientOptions {
  /** Whether to compute the gradient with respect to the inputs. Default: false. */
  inputs?: boolean;
  /** Whether to compute the gradients with respect to the parameters. Default: true. */
  parameters?: boolean;
}

/** What `gradients` is called with. */
export type GivenBatch =
  | [x: Rows | NamedRows, y: Rows, options?: GradientOptions]
  | [dataset: Dataset, options?: GradientOptions];

/** A gradient: its key and shape for the caller, and the tensor that holds it. */
interface Gradient {
  readonly key: string;
  readonly shape: Shape;
  readonly name: string;
}

/** The gradient with respect to the inputs. */
const INPUTS = { key: 'inputs', name: 'dx' };

export async function gradientsOf(net: Compiled, ...given: GivenBatch): Promise<Record<string, Tensor>> {
  net.access.assertOpen('gradients');
  const [x, y, options] = inOrder(given);
  const wanted = checked(options);
  const { columns, tensors } = net.pack(x, y, 'gradients');
  return net.access.take(() => {
    const { engine, task } = net.session; // what is frozen may change before the turn of this call
    const gradients = gradientsIn(net.session, wanted, columns);
    const names = gradients.map(({ name }) => name);
    const read = async (program: Program) => {
      writeTensors(program, tensors);
      engine.run([{ programs: [program], rows: [nextRow(net.session, { columns })] }]);
      const found = await program.readAll(names);
      const dataOf = (name: string): Float32Array =>
        name === INPUTS.name
          ? toSamples(found.get(name)!, features(task.model), task.batch, columns)
          : found.get(name)!;
      return Object.fromEntries(gradients.map(({ key, shape, name }) => [key, { shape, data: dataOf(name) }]));
    };
    const graph = () => gradientGraph(task, wanted);
    const isGradient = ({ name }: { name: string }) => names.includes(name);
    const program = { name: `gradients ${wanted.parameters} ${wanted.inputs}`, graph, keep: isGradient };
    return net.finite('gradients', () => net.on(program, read));
  });
}

/** A batch as x and y, or as a data set in place of x; numbers beside a data set are left for `pack` to refuse. */
function inOrder(given: GivenBatch): [x: Rows | NamedRows | Dataset, y?: Rows, options?: GradientOptions] {
  const [x, y, options] = given;
  return isDataset(x) && keysOf(y) ? [x, undefined, y as GradientOptions] : [x, y as Rows, options];
}

function checked(options: GradientOptions = {}): Required<GradientOptions> {
  checkKeys('gradients', options, ['inputs', 'parameters']);
  const { inputs = false, parameters = true } = options;
  checkFlag('gradients: inputs', inputs);
  checkFlag('gradients: parameters', parameters);
  if (inputs || parameters) return { inputs, parameters };
  throw new ArgumentError('gradients: expected inputs or parameters to be true, found both false');
}

function gradientsIn(
  { task, parameters }: Session,
  wanted: Required<GradientOptions>,
  columns: number,
): readonly Gradient[] {
  const trained = wanted.parameters ? parameters.filter(({ trained }) => trained) : [];
  const ofParameters = trained.map(({ key, shape, node }) => ({ key, shape, name: `d${node.name}` }));
  return wanted.inputs ? [...ofParameters, { ...INPUTS, shape: [columns, ...task.model.input] }] : ofParameters;
}
