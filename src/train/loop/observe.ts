/** What a net computes of some samples, read again and again while it trains: the samples stay on its device. */
import { isList } from '../../base/arguments.ts';
import { ArgumentError, ShapeError, StateError } from '../../base/errors.ts';
import type { NamedRows, Rows } from '../../base/numbers.ts';
import { showValue } from '../../base/show-value.ts';
import { type Tensor, toColumns } from '../../base/tensor.ts';
import type { Program } from '../../engine/engine.ts';
import { tensorNames, unknownTensor } from '../../engine/named-tensors.ts';
import { stepRow } from '../../graph/step-row.ts';
import { checkInputs } from '../../nn/demands.ts';
import { features } from '../../nn/model.ts';
import { compiledOf } from '../compiled.ts';
import { predictionGraph } from '../graphs.ts';
import { wholeSamples } from '../named-samples.ts';
import type { Trainer } from '../trainer.ts';

/** Samples on the device of a net, made by {@link observe}. */
export interface Observer {
  /**
   * Runs a forward pass with the weights of now, and reads the tensors of it. It may run during `fit`.
   *
   * @returns The tensors by name, all of the same step: `[features, n]` for n samples, or the shape of a parameter.
   * @throws {StateError} After `destroy`, of this or of the net.
   * @throws {DeviceLostError} If the device is lost.
   */
  read(): Promise<Record<string, Tensor>>;
  /** Frees its memory. It may be called twice. */
  destroy(): void;
}

/** Observers so far, each of which has a program of its own. */
let made = 0;

/**
 * Puts samples on the device, to read what a net computes of them while it trains: a decision surface, the activations of hidden
 * units, or the weights beside them. The net computes as {@link Trainer.predict} does.
 *
 * @param net The net.
 * @param x Samples as for {@link Trainer.predict}, any number of them: one forward pass has them all.
 * @param names The tensors to read: `prediction`, or names as of {@link Trainer.tensor} that a forward pass has, such as `z1`, `a1`,
 * `W1` and `b1`.
 * @throws {ArgumentError} For a name that no tensor has, or something that is no net.
 * @throws {ShapeError} For an `x` that does not hold whole samples, or none.
 * @throws {DataError} For a number in `x` that is not finite.
 * @throws {OutOfMemoryError} If the device has no room for the pass.
 */
export async function observe(net: Trainer, x: Rows | NamedRows, names: readonly string[]): Promise<Observer> {
  const compiled = compiledOf(net, 'observe');
  const { access, session } = compiled;
  access.assertOpen('observe');
  const { task } = session;
  const values = wholeSamples(task.model, x, 'observe', session.data);
  checkInputs(task.model, { data: values }, 'observe: x');
  const count = values.length / features(task.model);
  if (count === 0) throw new ShapeError('observe: x must hold at least one sample');
  const samples = toColumns(values, features(task.model), count);
  const build = () => predictionGraph({ ...task, batch: count });
  const nameOf = checkNames(names, build());
  const wanted = new Set(names.map(nameOf));
  const beside = {
    name: `observe ${made++}`,
    graph: () => build().graph,
    keep: ({ name }: { name: string }) => wanted.has(name),
    averaged: true,
  };
  let isDestroyed = false;
  let written: Program | undefined;
  /** The program with the samples in it, which is another one after `freeze`. */
  const withSamples = <T>(work: (program: Program) => Promise<T>): Promise<T> =>
    access.take(() =>
      compiled.on(beside, (program) => {
        if (program !== written) program.write('x', samples);
        written = program;
        return work(program);
      }),
    );
  await withSamples(async () => {});
  return {
    async read() {
      access.assertOpen('read');
      if (isDestroyed) throw new StateError('read: this observer has been destroyed');
      return withSamples(async (program) => {
        session.engine.run([{ programs: [program], rows: [stepRow({ columns: count })] }]);
        const found = await program.readAll([...wanted]);
        return Object.fromEntries(
          names.map((name) => {
            const of = nameOf(name);
            return [name, { shape: program.tensors.get(of)!.shape, data: found.get(of)! }];
          }),
        );
      });
    },
    destroy() {
      if (isDestroyed) return;
      isDestroyed = true;
      void access.take(async () => compiled.forget(beside.name));
    },
  };
}

/** What the tensors are called in the graph. Throws ArgumentError for one that is not there. */
function checkNames(names: readonly string[], { graph, prediction }: ReturnType<typeof predictionGraph>) {
  if (!isList(names) || names.length === 0)
    throw new ArgumentError(`observe: names must be a list of tensors, found ${showValue(names)}`);
  const nameOf = (name: string): string => (name === 'prediction' ? prediction : name);
  const known = new Set(tensorNames(graph));
  for (const name of names) if (!known.has(nameOf(name))) throw unknownTensor('observe', name, graph);
  return nameOf;
}
