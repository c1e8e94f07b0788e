/** compile(): prepares a model, a loss and an optimizer to train on one device. */
import {
  checkCount,
  checkFlag,
  checkFunction,
  checkKeys,
  checkNumber,
  checkSignal,
  isList,
  member,
} from '../base/arguments.ts';
import { ArgumentError, OutOfMemoryError } from '../base/errors.ts';
import { checkSeed } from '../base/random.ts';
import { showValue } from '../base/show-value.ts';
import { size } from '../base/tensor.ts';
import { breathe, type CompileProgress, type Watched } from '../engine/compile-progress.ts';
import { cpuEngine } from '../engine/cpu-engine.ts';
import { type Device, isDevice } from '../engine/device.ts';
import type { Engine, Program } from '../engine/engine.ts';
import { gpuEngine } from '../engine/gpu-engine.ts';
import { unknownTensor } from '../engine/named-tensors.ts';
import { openDevice } from '../engine/open-device.ts';
import { wholeSteps } from '../engine/wholes.ts';
import { find, type Node } from '../graph/graph.ts';
import { initialise } from '../nn/initialisers.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import { checkModel, type Model } from '../nn/model.ts';
import { checkOptimizer, type Optimizer } from '../nn/optimizers/optimizer.ts';
import { checkValues, matching } from '../nn/parameter-patterns.ts';
import type { UpdateOptions } from '../nn/updates.ts';
import { choicesOf } from '../tune/choices.ts';
import type { TuneMode } from '../tune/tuner.ts';
import { writeParameter } from './averages.ts';
import { checkBindings, checkSizes } from './check-sizes.ts';
import { predictionGraph, type Task, trainingGraph } from './graphs.ts';
import { lossFor } from './loss-for.ts';
import { NOTHING, type Session } from './session.ts';
import { Trainer } from './trainer.ts';
import { makeStep, stepGraph } from './training-program.ts';

/** Options of {@link compile}. */
export interface CompileOptions extends UpdateOptions {
  /**
   * A device from {@link openDevice}, which you destroy, or `'cpu'` for the CPU reference. Default: a device that `compile`
   * opens and {@link Trainer.destroy} destroys.
   */
  device?: Device | 'cpu';
  /** Samples per step, a positive integer. */
  batch: number;
  /** What training minimises, such as `softmaxCrossEntropy()`; for several outputs a loss for each, by name. */
  loss: LossFunction | Readonly<Record<string, LossFunction>>;
  /** Factors ≥ 0 of the losses of several outputs, by name. Default: 1 for each. */
  lossWeights?: Readonly<Record<string, number>>;
  /** How parameters are updated, such as `adam()`. */
  optimizer: Optimizer;
  /** Seed of initial weights, shuffles, dropout and augmentation: an integer from 0 to 2³² − 1. Default: 0. */
  seed?: number;
  /**
   * Parameters that stay as they are, by patterns of their keys in which `*` stands for any characters: `['layers.0.*']`. They
   * have no gradients and no state of the optimizer. {@link Trainer.freeze} changes that later. Default: none.
   */
  freeze?: readonly string[];
  /**
   * Whether `step` may be given `sampleWeights`. For data sets it makes no difference: `fit` makes the training step anew when
   * samples with weights first come. Default: false.
   */
  sampleWeights?: boolean;
  /** Compares steps of `fit` with the CPU reference, tensor by tensor. Default: none. */
  check?: {
    /** n: every n-th step is compared. */
    every: number;
  };
  /**
   * Names of the tensors that {@link Trainer.tensor} can read after a step. Fewer save memory and time; with `check` all are
   * kept. Default: all.
   */
  keep?: readonly string[];
  /** When to look for the fastest kernels on this device; results do not depend on it. Default: `'background'`. */
  tune?: TuneMode;
  /** Called for each pipeline and each tensor of weights that is made. */
  onProgress?(progress: CompileProgress): void;
  /** Aborts: `compile` frees what it has made and rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Prepares a model for training on one device: makes its pipelines, buffers and initial weights.
 *
 * Rejects with the signal's reason if it is aborted.
 *
 * @param model From {@link sequential} or `model`.
 * @throws {ArgumentError} For an invalid option, a loss that does not go with the last layer, or a model without parameters.
 * @throws {NoAdapterError} If no `device` is given and none can be opened.
 * @throws {ShaderError} For a shader that does not compile, such as the WGSL of {@link pointwise}.
 * @throws {OutOfMemoryError} For tensors that the device cannot hold.
 */
export async function compile<M extends Model>(model: M, options: CompileOptions): Promise<Trainer<M>> {
  const loss = checkOptions(model, options);
  const { batch, optimizer, seed = 0, keep, check, tune = 'background' } = options;
  const { clipNorm, accumulate = 1, learningRates, regularize, average } = options;
  const update = { clipNorm, accumulate, learningRates, regularize, average };
  const lean = keep && !check;
  const wanted = lean
    ? (node: Node) => node.name === 'losses' || keep.includes(node.name)
    : (node: Node) => node.name !== '';
  const task = frozenAs({ model, loss, batch, weighted: options.sampleWeights }, options.freeze);
  const built = stepGraph('compile', task, { optimizer, update });
  const { graph, parameters } = built;
  const graphOf = (changed: Task) => trainingGraph(changed, optimizer, update).graph;
  const step = { task, graphOf, keep: wanted, cpu: options.device === 'cpu' };
  for (const name of keep ?? []) if (!find(graph, name)) throw unknownTensor('compile: keep', name, graph);
  const watched = { signal: options.signal, onProgress: options.onProgress };
  watched.signal?.throwIfAborted();
  const ownDevice = options.device === undefined ? await openDevice() : undefined;
  const device = options.device ?? ownDevice!;
  let engine: Engine | undefined;
  try {
    watched.signal?.throwIfAborted();
    checkSizes(step, graph, device);
    const choices = device !== 'cpu' && tune !== 'off' ? await choicesOf(device) : undefined;
    engine = device === 'cpu' ? cpuEngine() : await gpuEngine(device, wholeSteps);
    const recipe = { optimizer, update, keep: wanted, device, choices };
    const made = await makeStep(engine, built, recipe, watched).catch((error) => {
      if (error instanceof OutOfMemoryError && engine?.limits) checkBindings(step, engine.limits);
      throw error;
    });
    const { program, tuner } = made;
    if (tune === 'now') await tuner?.finish(watched.signal);
    await writeWeights(program, parameters, seed, watched);
    await engine.settled();
    const checkEvery = check?.every ?? Number.POSITIVE_INFINITY;
    const { learningRate } = optimizer;
    const session = {
      ...recipe,
      ...made,
      task,
      seed,
      checkEvery,
      engine,
      learningRate,
      steps: 0,
      updates: 0,
      pending: NOTHING,
      epochs: 0,
      averageFrom: 0,
      stateFrom: {},
      stepsBefore: 0,
      given: 0,
    };
    return new Trainer<M>(session, ownDevice);
  } catch (error) {
    engine?.destroy();
    ownDevice?.destroy();
    throw error;
  }
}

/** A task in which the keys that match these patterns are frozen. Throws ArgumentError. */
function frozenAs(task: Task, patterns: readonly string[] | undefined): Task {
  if (patterns === undefined) return task;
  const keys = predictionGraph(task).parameters.map(({ key }) => key);
  return { ...task, frozen: new Set(matching('compile: freeze', patterns, keys)) };
}

/** Each tensor in a turn of its own where anybody watches, since millions of weights take seconds. */
async function writeWeights(
  program: Program,
  parameters: Session['parameters'],
  seed: number,
  { signal, onProgress }: Watched,
): Promise<void> {
  const total = parameters.reduce((sum, { shape }) => sum + size(shape), 0);
  let done = 0;
  for (const [i, { node, shape, init }] of parameters.entries()) {
    if (signal || onProgress) await breathe();
    signal?.throwIfAborted();
    writeParameter(program, node.name, initialise(init, shape, seed, i));
    done += size(shape);
    onProgress?.({ phase: 'weights', done, total });
  }
  signal?.throwIfAborted();
}

/** Every option: one that is left out here does not compile. */
const known: Record<keyof CompileOptions, true> = {
  device: true,
  batch: true,
  loss: true,
  lossWeights: true,
  optimizer: true,
  seed: true,
  freeze: true,
  sampleWeights: true,
  check: true,
  keep: true,
  tune: true,
  clipNorm: true,
  accumulate: true,
  learningRates: true,
  regularize: true,
  average: true,
  onProgress: true,
  signal: true,
};

/** Throws ArgumentError for an option that is none; returns the loss of the task. */
function checkOptions(model: Model, options: CompileOptions): LossFunction {
  checkKeys('compile', options, Object.keys(known));
  const { batch, optimizer, seed = 0, check, keep, device, tune = 'background', clipNorm, accumulate } = options;
  checkModel('compile', model);
  if (device !== undefined && device !== 'cpu' && !isDevice(device)) {
    throw new ArgumentError(
      `compile: device must be one from openDevice(), 'cpu', or left out, found ${showValue(device)}`,
    );
  }
  checkCount('compile: batch', batch);
  checkSeed(seed, 'compile: seed');
  if (accumulate !== undefined) checkCount('compile: accumulate', accumulate);
  if (clipNorm !== undefined) checkNumber('compile: clipNorm', clipNorm, 'a finite number > 0', (value) => value > 0);
  const { learningRates = {}, regularize = {} } = options;
  checkValues('compile: learningRates', learningRates);
  for (const pattern of Object.keys(learningRates)) {
    const what = `compile: learningRates: ${showValue(pattern)}`;
    checkNumber(what, member(learningRates, pattern), 'a finite number ≥ 0', (value) => value >= 0);
  }
  checkValues('compile: regularize', regularize);
  for (const pattern of Object.keys(regularize)) {
    const what = `compile: regularize: ${showValue(pattern)}`;
    const penalty = member(regularize, pattern);
    checkKeys(what, penalty, ['l1', 'l2']);
    for (const name of ['l1', 'l2']) {
      checkNumber(`${what}: ${name}`, member(penalty, name) ?? 0, 'a finite number ≥ 0', (value) => value >= 0);
    }
  }
  if (options.average !== undefined) {
    const fraction = (value: number): boolean => value >= 0 && Math.fround(value) < 1;
    checkNumber('compile: average', options.average, 'a number in [0, 1)', fraction);
  }
  checkFlag('compile: sampleWeights', options.sampleWeights);
  if (keep !== undefined && !isList(keep))
    throw new ArgumentError(`compile: keep must be a list of names, found ${showValue(keep)}`);
  if (check !== undefined) {
    checkKeys('compile: check', check, ['every']);
    checkCount('compile: check.every', check.every);
  }
  checkOptimizer(optimizer, 'compile: optimizer');
  checkSignal('compile: signal', options.signal);
  checkFunction('compile: onProgress', options.onProgress);
  if (!['background', 'now', 'off'].includes(tune)) {
    throw new ArgumentError(`compile: tune must be 'background', 'now' or 'off', found ${showValue(tune)}`);
  }
  return lossFor('compile', model, options);
}
