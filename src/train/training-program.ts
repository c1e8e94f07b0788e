/** The program of a training step: made by `compile`, and made again where other parameters are to be trained. */
import { ArgumentError } from '../base/errors.ts';
import type { Watched } from '../engine/compile-progress.ts';
import type { Device } from '../engine/device.ts';
import type { Engine, Program, ProgramOptions } from '../engine/engine.ts';
import type { GpuProgram } from '../engine/gpu-program.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { describeModel, type Parameter } from '../nn/model.ts';
import type { Optimizer } from '../nn/optimizers/optimizer.ts';
import type { StateFrom, UpdateOptions } from '../nn/updates.ts';
import { type Choices, keyOf } from '../tune/choices.ts';
import { Tuner } from '../tune/tuner.ts';
import { type BuiltGraph, type Task, trainingGraph } from './graphs.ts';

/** What a training step is made of. */
export interface Recipe {
  readonly optimizer: Optimizer;
  readonly update: UpdateOptions;
  /** Nodes that can be read after a step. */
  readonly keep: (node: Node) => boolean;
  readonly device: Device | 'cpu';
  /** What is known of the forms of kernels on the device; nothing where there is no tuning. */
  readonly choices?: Choices;
}

/** A training step that is ready to run. */
export interface TrainingStep {
  readonly program: Program;
  readonly parameters: readonly Parameter[];
  /** Tunes the program; there is none on the CPU. */
  readonly tuner?: Tuner;
}

/** Throws ArgumentError where nothing is left to be trained. */
export function stepGraph(
  where: string,
  task: Task,
  { optimizer, update, stateFrom }: Pick<Recipe, 'optimizer' | 'update'> & { readonly stateFrom?: StateFrom },
): BuiltGraph {
  const built = trainingGraph(task, optimizer, { ...update, stateFrom });
  if (built.parameters.some(({ trained }) => trained)) return built;
  const found = task.frozen?.size ? 'all of them frozen' : describeModel(task.model);
  throw new ArgumentError(`${where}: expected a model with parameters to train, found ${found}`);
}

export async function makeStep(
  engine: Engine,
  { graph, parameters }: BuiltGraph,
  { keep, device, choices }: Recipe,
  options: Watched & Pick<ProgramOptions, 'shared'> = {},
): Promise<TrainingStep> {
  const recall: ProgramOptions['recall'] = (step) => choices?.get(keyOf(step))?.form;
  const program = await engine.program(graph, { keep, recall, watched: true, ...options });
  const tuner = device === 'cpu' ? undefined : new Tuner(device, program as GpuProgram, choices);
  return { program, parameters, tuner };
}

/** The names of what a step finds: parameters, state and a batch. */
export const leavesOf = (graph: Graph): string[] =>
  graph.nodes.filter(({ op }) => op.kind === 'leaf').map(({ name }) => name);
