/** The forward pass of a loop of the caller's own: outputs that stay on the device. Nothing of the net changes. */
import { checkFlag, checkKeys } from '../../base/arguments.ts';
import { type DeviceTensor, hold } from '../../engine/device-tensor.ts';
import { writeTensors } from '../../engine/named-tensors.ts';
import { rename } from '../../graph/graph.ts';
import { compiledOf } from '../compiled.ts';
import { forwardGraph, type Task } from '../graphs.ts';
import { type GivenSamples, packSamples } from '../pack-batch.ts';
import { nextRow } from '../session.ts';
import type { Trainer } from '../trainer.ts';

/** Options of {@link forward}. */
export interface ForwardOptions {
  /**
   * Whether dropout and batch statistics are as in training, with the masks of the next step, so that {@link backward} follows
   * the same outputs; else the net computes as {@link Trainer.predict} does, on the averages of the weights if it keeps any.
   * Default: true.
   */
  training?: boolean;
  /** Whether to give what `predict` does: probabilities, where the loss takes logits. Default: false, the output of the model. */
  prediction?: boolean;
}

/**
 * Computes the outputs of a batch and leaves them on the device.
 *
 * @param net The net.
 * @param x Up to `batch` samples, as for {@link Trainer.step}.
 * @returns The outputs, `[n, ...output]`. They are yours to destroy.
 * @throws {ArgumentError} For an invalid option, or something that is no net.
 * @throws {ShapeError} As for `step`.
 * @throws {DataError} As for `step`.
 * @throws {OutOfMemoryError} If the device has no room for the outputs.
 */
export async function forward(net: Trainer, x: GivenSamples, options: ForwardOptions = {}): Promise<DeviceTensor> {
  const compiled = compiledOf(net, 'forward');
  const { access, session } = compiled;
  access.assertOpen('forward');
  checkKeys('forward', options, ['training', 'prediction']);
  const { training = true, prediction = false } = options;
  checkFlag('forward: training', training);
  checkFlag('forward: prediction', prediction);
  const { engine } = session;
  const { model, batch } = session.task;
  const { count, values } = packSamples(session, x, 'forward');
  const sample = model.shapes[model.shapes.length - 1];
  return access.take(() => {
    const graph = () => outputGraph(session.task, training, prediction);
    const program = {
      name: `forward ${training} ${prediction}`,
      graph,
      keep: ({ name }: { name: string }) => name === OUTPUT,
      averaged: !training,
    };
    return compiled.on(program, async (program) => {
      writeTensors(program, new Map([['x', values]]));
      engine.run([{ programs: [program], rows: [nextRow(session, { columns: count })] }]);
      const wanted = { name: OUTPUT, shape: [count, ...sample], perSample: [...sample, batch] };
      return (await hold(engine, program, [wanted]))[0];
    });
  });
}

/** What a program here calls what it computes. */
const OUTPUT = 'output';

function outputGraph(task: Task, training: boolean, prediction: boolean) {
  const { graph, output } = forwardGraph(task, training, prediction);
  rename(graph, output, OUTPUT);
  return graph;
}
