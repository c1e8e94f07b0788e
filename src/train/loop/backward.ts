/** The backward pass of a loop of the caller's own: gradients that stay on the device. Nothing of the net changes. */
import { checkKeys, keysOf } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import type { NamedRows, Rows } from '../../base/numbers.ts';
import { sideBySide, size, toColumns } from '../../base/tensor.ts';
import { type DeviceTensor, hold } from '../../engine/device-tensor.ts';
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { stepOf } from '../../graph/leaf.ts';
import { type Model, outputs, severalOutputs } from '../../nn/model.ts';
import { valid } from '../../ops/valid.ts';
import { samplesFrom } from '../batch.ts';
import { type Compiled, compiledOf } from '../compiled.ts';
import {
  type GivenSamples,
  type GivenTargets,
  heldTargets,
  type PackedBatch,
  packSamples,
  paired,
} from '../pack-batch.ts';
import type { Trainer } from '../trainer.ts';
import { checkWanted, type GradientOptions, withGradients } from './gradients.ts';

/** Options of {@link backward}: either `y` or `outputGradient`. */
export interface BackwardOptions extends Omit<GradientOptions, 'allowNonFinite'> {
  /** Targets as for {@link Trainer.step}: the gradients are those of the loss. */
  y?: GivenTargets;
  /**
   * v, the gradient of something that is yours with respect to the output of the model, a number for each output of each sample:
   * the gradients are those of Σ output ⊙ v, for any loss that v comes from. The output is what {@link forward} gives: logits,
   * where the loss takes logits. Of several outputs it may be given by name.
   */
  outputGradient?: GivenTargets;
}

/**
 * Computes gradients of a batch, as {@link Trainer.gradients} does, and leaves them on the device. Dropout and batch statistics are
 * as in training, with the masks of the next step.
 *
 * @param net The net.
 * @param x Up to `batch` samples, as for {@link Trainer.step}.
 * @param options Either `y` or `outputGradient`, and which gradients to compute.
 * @returns Gradients by key, and ∂/∂x as `inputs` with `inputs: true`. They are yours to destroy.
 * @throws {ArgumentError} For an invalid option, or something that is no net.
 * @throws {ShapeError} As for `step`.
 * @throws {DataError} As for `step`.
 * @throws {OutOfMemoryError} If the device has no room for the gradients.
 */
export async function backward(
  net: Trainer,
  x: GivenSamples,
  options: BackwardOptions,
): Promise<Record<string, DeviceTensor>> {
  const compiled = compiledOf(net, 'backward');
  compiled.access.assertOpen('backward');
  checkKeys('backward', options, ['y', 'outputGradient', 'inputs', 'parameters', 'sampleWeights']);
  const { y, outputGradient, ...rest } = options;
  const wanted = checkWanted('backward', compiled.session.task.model, rest);
  if ((y === undefined) === (outputGradient === undefined))
    throw new ArgumentError(
      `backward: expected either y or outputGradient, found ${y === undefined ? 'none' : 'both'}`,
    );
  const { sampleWeights } = options;
  if (outputGradient !== undefined && sampleWeights !== undefined)
    throw new ArgumentError('backward: expected sampleWeights only with y, found them with outputGradient');
  const given = outputGradient === undefined ? undefined : packFollowed(compiled, x, outputGradient);
  const batch = given ?? compiled.pack(x, y, 'backward', { sampleWeights });
  return compiled.access.take(() =>
    withGradients(
      compiled,
      wanted,
      batch,
      async (program, gradients) => {
        const held = await hold(compiled.session.engine, program, gradients);
        return Object.fromEntries(gradients.map(({ key }, i) => [key, held[i]]));
      },
      given && { name: 'following', upstreamOf },
    ),
  );
}

/** Of columns past the end of a batch nothing may follow, whatever a tensor holds there. */
const upstreamOf = (graph: Graph, y: Node): Node => append(graph, valid, [y, stepOf(graph)]);

/** x, and in the place of y what is to be followed. */
function packFollowed({ session }: Compiled, x: GivenSamples, outputGradient: GivenTargets): PackedBatch {
  const samples = packSamples(session, x, 'backward');
  const { model, batch } = session.task;
  const what = 'backward: outputGradient';
  const held = heldTargets(session, outputGradient, samples, what);
  if (held) return paired(session.task, samples, held);
  const numbers = followedValues(model, outputGradient as Rows | NamedRows, samples.count, what);
  return paired(session.task, samples, toColumns(numbers, outputs(model), batch));
}

/** Numbers [count][outputs]: as rows, or of each of several outputs by its name. */
function followedValues(model: Model, given: Rows | NamedRows, count: number, what: string): Float32Array {
  const several = keysOf(given) && severalOutputs(model);
  if (!several) return valuesFor(given as Rows, outputs(model), count, what);
  const named = several.rule.named(several.outputs, given, what, 'values');
  const parts = several.outputs.map(({ name, shape }, i) =>
    valuesFor(named[i] as Rows, size(shape), count, `${what}.${name}`),
  );
  return sideBySide(parts, count);
}

function valuesFor(given: Rows, width: number, expected: number, what: string): Float32Array {
  const numbers = samplesFrom(given, width, what);
  const count = numbers.length / width;
  if (count === expected) return numbers;
  throw new ShapeError(`${what} must hold as many samples as x, ${expected}, found ${count}`);
}
