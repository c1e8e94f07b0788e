/**
 * The averages of the weights that a net with `average` keeps beside them: state of the training step, under names of its own.
 * Where a parameter has one, evaluations and predictions use it in place of the parameter.
 */
import { checkFlag, checkKeys } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Program } from '../engine/engine.ts';
import { readByKey } from '../engine/named-tensors.ts';
import { averageNameOf } from '../nn/updates.ts';
import type { Session } from './session.ts';

/** Options of {@link Trainer.parameters}. */
export interface ParameterOptions {
  /**
   * Whether to read the averages of a net with `average`, which evaluations and predictions use, and not what training goes on
   * with. What is frozen, and the running statistics, have none and are as they are. Default: false.
   */
  averaged?: boolean;
}

/** The parameters of a net by key, or the averages of them. Throws ArgumentError. */
export function readParameters(session: Session, options: ParameterOptions = {}): Promise<Record<string, Tensor>> {
  checkKeys('parameters', options, ['averaged']);
  checkFlag('parameters: averaged', options.averaged);
  const { program, parameters, update } = session;
  if (options.averaged && update.average === undefined) {
    throw new ArgumentError(
      'parameters: averaged: this net keeps no average; compile(model, { average }) makes one that does',
    );
  }
  const nameOf = (name: string): string => (options.averaged ? averageOf(program, name) : undefined) ?? name;
  return readByKey(program, parameters, ({ node }) => nameOf(node.name));
}

/** The name of the average of a parameter, where the training step keeps one. */
export function averageOf(program: Pick<Program, 'tensors'>, parameter: string): string | undefined {
  const name = averageNameOf(parameter);
  return program.tensors.has(name) ? name : undefined;
}

/** What evaluations use of these parameters: the average, or the parameter itself. */
export const evaluatedAs = (program: Pick<Program, 'tensors'>, names: readonly string[]): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [name, averageOf(program, name) ?? name]));

/** Writes a parameter that no update made: its average begins with it. */
export function writeParameter(program: Program, name: string, data: Float32Array): void {
  program.write(name, data);
  const average = averageOf(program, name);
  if (average) program.write(average, data);
}
