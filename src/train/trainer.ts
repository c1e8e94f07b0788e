/** What can be done with a compiled model. */
import { checkFunction, checkKeys, checkSignal } from '../base/arguments.ts';
import { ArgumentError, DataError, ShapeError, StateError } from '../base/errors.ts';
import { indented, showValue } from '../base/show-value.ts';
import { firstColumns, type Shape, type Tensor } from '../base/tensor.ts';
import { together } from '../base/together.ts';
import type { Schedule } from '../compiler/schedule.ts';
import { nameOf, readBytes, type Source, writerTo } from '../data/bytes.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../engine/device.ts';
import type { Program } from '../engine/engine.ts';
import { readByKey, tensorNames, unknownTensor, writeTensors } from '../engine/named-tensors.ts';
import type { Report } from '../graph/check.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { checkConstantRate, learningRateAt } from '../nn/learning-rate.ts';
import { features } from '../nn/model.ts';
import type { StepTuning } from '../tune/tuner.ts';
import { Access } from './access.ts';
import { augmentationOf } from './augmentation.ts';
import { countSamples, finite, packBatch } from './batch.ts';
import { checkBest } from './best-epoch.ts';
import {
  applyCheckpoint,
  formatCheckpoint,
  type LoadOptions,
  readLimits,
  type SaveOptions,
} from './checkpoint/checkpoint.ts';
import { differences, type Values } from './checkpoint/differences.ts';
import {
  checkFit,
  type EpochResult,
  type FitOptions,
  type ValidatedEpochResult,
  type ValidatedFitOptions,
} from './epoch.ts';
import { type EvaluateOptions, type Evaluation, evaluateOn, predictOn } from './evaluate.ts';
import { checkBatch, datasetFor, type Feeds, feeds } from './feed.ts';
import { trainEpochs } from './fit.ts';
import { evaluationGraph, inspectionGraph, predictionGraph, trainingGraph } from './graphs.ts';
import { giveBack, nextRow, type Session, startAfresh, takeRow } from './session.ts';
import { checkBatchStep, demandParameters } from './verify.ts';

/** A compiled model; made by `compile`. */
export class Trainer {
  readonly #session: Session;
  readonly #ownDevice: Device | undefined;
  readonly #feeds: Feeds;
  /** Programs beside the training step, compiled when first asked for. */
  readonly #others = new Map<string, Program>();
  readonly #access = new Access();
  /** Graphs of `predict` and `tensors`, made when first asked for. */
  #prediction?: ReturnType<typeof predictionGraph>;
  #inspection?: ReturnType<typeof inspectionGraph>;

  /** @internal */
  constructor(session: Session, ownDevice?: Device) {
    this.#session = session;
    this.#ownDevice = ownDevice;
    this.#feeds = feeds(session.engine, session.task, { checked: Number.isFinite(session.checkEvery) });
  }

  /** The graph of one training step, for `print`. */
  get graph(): Graph {
    return this.#session.program.graph;
  }

  /** What the GPU runs for it, for `print`. Throws StateError on the CPU, which runs the graph itself. */
  get schedule(): Schedule {
    const { schedule } = this.#session.program;
    if (!schedule) throw new StateError('schedule: the CPU reference runs the graph and has no schedule');
    return schedule;
  }

  /** The form of each matrix product and convolution of a step, and what else was tried; none on the CPU. */
  get tuning(): readonly StepTuning[] {
    return this.#session.tuner?.steps ?? [];
  }

  /** Steps trained so far. */
  get steps(): number {
    return this.#session.steps;
  }

  /** Epochs completed so far, with those that were given up. */
  get epochs(): number {
    const { epochs, unfinished } = this.#session;
    return unfinished ? epochs - 1 : epochs;
  }

  /** Updates made so far: as many as steps, but with `accumulate`. */
  get updates(): number {
    return this.#session.updates;
  }

  /**
   * η of the next update. Setting it, also while `fit` runs, puts an end to a schedule: η is that number from then on. Throws
   * ArgumentError unless finite and ≥ 0.
   */
  get learningRate(): number {
    const { learningRate, updates } = this.#session;
    return learningRateAt(learningRate, updates);
  }
  set learningRate(value: number) {
    checkConstantRate(value, 'learningRate');
    this.#session.learningRate = value;
  }

  /**
   * Trains on a data set; resolves with a result per completed epoch. Aborted by its signal, or after so many `steps`, it
   * leaves off between two steps, and the next fit on the same data set goes on there, in the order of that epoch; `step`
   * or `setParameters` in between gives the epoch up, and what an aborted fit knew of its best one. Throws ShapeError or
   * ArgumentError where data and model do not fit, or no validation tells the best epoch, NonFiniteError when the loss is no
   * number any more, CheckError from `check: { every }`, DeviceLostError.
   */
  fit(dataset: Dataset, options: ValidatedFitOptions): Promise<ValidatedEpochResult[]>;
  fit(dataset: Dataset, options: FitOptions): Promise<EpochResult[]>;
  async fit(dataset: Dataset, options: FitOptions): Promise<EpochResult[]> {
    const { task, program } = this.#session;
    checkFit(options);
    const samples = datasetFor(task, dataset, 'fit');
    checkBatch(task, samples, 'fit');
    if (options.validation !== undefined) datasetFor(task, options.validation, 'fit: validation');
    checkBest(task, options.validation, options);
    const { augment = {} } = options;
    const augmentation = augmentationOf(augment, samples, task.model.input, 'fit: augment');
    return this.#access.exclusive('fit', () =>
      this.#tuned(async () => {
        const feed = await this.#feeds.of(samples, program, augmentation);
        return trainEpochs(this.#session, feed, options, (dataset, signal) => this.evaluate(dataset, { signal }));
      }),
    );
  }

  /**
   * Loss and accuracy on a data set, in its order. It may run beside `fit` or `step`, and then sees the weights change.
   * Throws as `fit`, or the reason of the signal; NonFiniteError where a parameter, an output or the loss is no finite
   * number.
   */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    const { task, engine } = this.#session;
    this.#access.assertOpen('evaluate');
    checkKeys('evaluate', options, ['signal', 'onProgress']);
    checkSignal('evaluate: signal', options.signal);
    checkFunction('evaluate: onProgress', options.onProgress);
    const samples = datasetFor(task, dataset, 'evaluate');
    const evaluate = async (program: Program) =>
      evaluateOn(engine, program, await this.#feeds.of(samples, program), task, options);
    const nothing = () => false;
    return this.#access.take(() =>
      this.#finite('evaluate', () => this.#on('evaluate', () => evaluationGraph(task).graph, nothing, evaluate)),
    );
  }

  /**
   * Predictions [n][outputs] for whole samples x [n][features]: probabilities for the losses that work on logits, else the
   * output of the model. Throws ShapeError unless x holds whole samples, NonFiniteError where a parameter or a prediction is
   * no finite number.
   */
  async predict(x: ArrayLike<number>): Promise<Float32Array> {
    const { task, engine } = this.#session;
    this.#access.assertOpen('predict');
    countSamples(task, x, 'predict');
    finite(x, 'predict: x', features(task.model));
    this.#prediction ??= predictionGraph(task);
    const { graph, prediction } = this.#prediction;
    const samples = Float32Array.from(x);
    const predict = (program: Program) => predictOn(engine, program, prediction, samples, task);
    const isPrediction = (node: Node) => node.name === prediction;
    return this.#access.take(() =>
      this.#finite('predict', () => this.#on('predict', () => graph, isPrediction, predict)),
    );
  }

  /**
   * One step on a batch of your own: x [n][features], n up to the compiled batch; y as values [n][outputs] or as n class
   * indices. Queues the work and returns at once. Throws ShapeError or DataError before anything is queued.
   */
  step(x: ArrayLike<number>, y: ArrayLike<number>): void {
    const { task, engine, program } = this.#session;
    this.#access.assertIdle('step');
    const { columns, tensors } = packBatch(task, x, y, 'step');
    this.#session.unfinished = undefined; // its loss would be counted among those of the epoch
    this.#session.best = undefined;
    writeTensors(program, tensors);
    engine.run([program], [takeRow(this.#session, { columns })], (rows) => giveBack(this.#session, rows));
  }

  /** Loss of the last step, reduced over its batch as the loss says. Throws StateError before the first step. */
  async loss(): Promise<number> {
    return (await this.tensor('losses')).data.reduce((sum, x) => sum + x, 0);
  }

  /**
   * ∂C/∂θ of each parameter for this batch, by key; nothing is updated. Arguments and errors as for `step`; NonFiniteError
   * where a parameter is no finite number.
   */
  async gradients(x: ArrayLike<number>, y: ArrayLike<number>): Promise<Record<string, Tensor>> {
    const { task, engine } = this.#session;
    this.#access.assertOpen('gradients');
    const { columns, tensors } = packBatch(task, x, y, 'gradients');
    const trained = this.#session.parameters.filter((parameter) => parameter.trained);
    const names = trained.map(({ node }) => `d${node.name}`);
    const isGradient = (node: Node) => names.includes(node.name);
    const gradients = (program: Program) => {
      writeTensors(program, tensors);
      engine.run([program], [nextRow(this.#session, { columns })]);
      return readByKey(program, trained, ({ node }) => `d${node.name}`);
    };
    return this.#access.take(() =>
      this.#finite('gradients', () => this.#on('gradients', () => trainingGraph(task).graph, isGradient, gradients)),
    );
  }

  /**
   * Every named tensor of a forward and backward pass on this batch, by name, as [features, n]; nothing is updated. Those of
   * `tensor`, and `slope1` = σ'(z1) of each layer whose activation works element by element, and `prediction`, which is what
   * `predict` gives, but for layers that are different in training. Arguments and errors as for `step`.
   */
  async tensors(x: ArrayLike<number>, y: ArrayLike<number>): Promise<Record<string, Tensor>> {
    const { task, engine } = this.#session;
    this.#access.assertOpen('tensors');
    const { columns, tensors } = packBatch(task, x, y, 'tensors');
    this.#inspection ??= inspectionGraph(task);
    const { graph, perSample, prediction } = this.#inspection;
    const isNamed = (node: Node) => node.name !== '';
    const inspect = async (program: Program) => {
      writeTensors(program, tensors);
      engine.run([program], [nextRow(this.#session, { columns })]);
      const read = async (name: string, shape: Shape) => {
        const data = await program.read(name);
        return [name, perSample(name) ? firstColumns(shape, data, columns) : { shape, data }] as const;
      };
      const all = [...program.tensors];
      const found = Object.fromEntries(await Promise.all(all.map(([name, { shape }]) => read(name, shape))));
      return { ...found, prediction: found[prediction] };
    };
    return this.#access.take(() => this.#on('tensors', () => graph, isNamed, inspect));
  }

  /** Every parameter by key: 'layers.0.weight' [out, in], 'layers.0.bias' [out]; running statistics among them. */
  async parameters(): Promise<Record<string, Tensor>> {
    this.#access.assertOpen('parameters');
    const { program, parameters } = this.#session;
    return this.#access.afterCheck(() => readByKey(program, parameters, ({ node }) => node.name));
  }

  /**
   * Takes back what `parameters` gave. What the optimizer remembers and the count of steps stay; `load` begins anew with
   * weights alone. Throws ShapeError naming every difference, and then changes nothing.
   */
  setParameters(values: Values): void {
    const { parameters, program } = this.#session;
    this.#access.assertIdle('setParameters');
    const wrong = differences(parameters, values);
    if (wrong.length > 0) throw new ShapeError(['setParameters: nothing was changed:', ...indented(wrong)]);
    for (const { key, node } of parameters) program.write(node.name, Float32Array.from(values[key].data));
    startAfresh(this.#session);
  }

  /**
   * All that later steps depend on, as the bytes of one safetensors file: weights by key, optimizer state, step, learning
   * rate, seed, the place in an epoch that was left off, and what `keepBest` and `earlyStopping` know so far. In Node a path
   * or file URL writes it there as well, whole or not at all: a process that is killed leaves the old file or the new one.
   * Links are followed, the mode of the file stays as it is, and of two saves to one file the later call is in it at the end.
   * It may run beside `fit`, and then is of one of its steps. Throws NonFiniteError for weights that are no numbers any more,
   * ArgumentError for a path where there are no files, DataError where it cannot be written, as for a folder, a pipe or a
   * device.
   */
  async save(path?: string | URL, options?: SaveOptions): Promise<Uint8Array<ArrayBuffer>> {
    this.#access.assertOpen('save');
    const write = path === undefined ? undefined : writerTo(path);
    const bytes = this.#access.afterCheck(() => formatCheckpoint(this.#session, options));
    await write?.(bytes);
    return bytes;
  }

  /**
   * Goes on from what `save` gave: bytes, Blob, path or URL. The next steps are, bit by bit, those that would have followed
   * on the same device; an epoch that was left off is gone on with when `fit` gets the same samples. Seed and learning rate
   * are those of the file. A file of weights alone, as of PyTorch, sets those and begins anew: step 0, and an optimizer that
   * remembers nothing; `weightsOnly` takes any file so. Of a file that is longer than any of this net could be, unless
   * `maxBytes` allows for it, no more is read. Throws DataError naming file, place, expected and found, or every
   * difference between the file and this net; nothing is changed then. Rejects where the device refuses the weights: load
   * again then.
   */
  async load(source: Source, options?: LoadOptions): Promise<void> {
    return this.#access.exclusive('load', async () => {
      const bytes = await readBytes(source, readLimits(this.#session, options));
      this.#access.assertOpen('load');
      if (!bytes) throw new DataError(`${nameOf(source)}: no such file`);
      await this.#session.engine.settled(); // a step that was refused is not to be taken off the count of the file
      applyCheckpoint(this.#session, bytes, nameOf(source), options);
      await this.#session.engine.settled();
    });
  }

  /**
   * A tensor of the last step by its name: x, y, z1, a1, delta1, dW1, db1, W1, ..., as [features, batch]; what stands in
   * the columns past the samples of a smaller batch means nothing. Throws ArgumentError for a name that is not there,
   * StateError before the first step.
   */
  async tensor(name: string): Promise<Tensor> {
    const { program, steps, stepsBefore } = this.#session;
    this.#access.assertOpen('tensor');
    if (steps === stepsBefore) throw new StateError(`tensor: there is no ${showValue(name)} before the first step`);
    const known = program.tensors.get(name);
    if (known) return this.#access.afterCheck(async () => ({ shape: known.shape, data: await program.read(name) }));
    if (tensorNames(this.graph).includes(name)) {
      throw new ArgumentError(`tensor: ${name} is not kept; name it in compile(..., { keep })`);
    }
    throw unknownTensor('tensor', name, this.graph);
  }

  /**
   * One step on this batch, compared with the CPU reference tensor by tensor, and then taken back: parameters and optimizer
   * state are as before. Arguments as for `step`. Throws CheckError where a bound is exceeded, NonFiniteError where a tensor
   * holds NaN or infinity on both.
   */
  async check(x: ArrayLike<number>, y: ArrayLike<number>): Promise<Report> {
    return this.#access.exclusive('check', () => {
      const { columns, tensors } = packBatch(this.#session.task, x, y, 'check');
      return this.#access.take(() => checkBatchStep(this.#session, columns, tensors));
    });
  }

  /** Frees every buffer, and the device where `compile` opened it. Safe to call twice. */
  destroy(): void {
    if (!this.#access.close()) return;
    this.#session.engine.destroy();
    this.#ownDevice?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
  }

  /** Work on a program beside the training step, on the same parameters; made at the first call, at hand from then on. */
  #on<T>(
    name: string,
    graph: () => Graph,
    keep: (node: Node) => boolean,
    work: (program: Program) => Promise<T>,
  ): Promise<T> {
    const { engine, program, parameters } = this.#session;
    const known = this.#others.get(name);
    if (known) return work(known);
    const shared = { program, names: parameters.map(({ node }) => node.name) };
    return engine.program(graph(), { keep, shared }).then((made) => {
      this.#others.set(name, made);
      return work(made);
    });
  }

  /** Of parameters that are finite: looked at as the work begins, but beside it. */
  async #finite<T>(where: string, work: () => Promise<T>): Promise<T> {
    // A parameter says better why the work failed.
    const [, result] = await together([demandParameters(this.#session, where), work()]);
    return result;
  }

  async #tuned<T>(work: () => Promise<T>): Promise<T> {
    const { tuner } = this.#session;
    tuner?.begin();
    try {
      return await work();
    } finally {
      await tuner?.end();
    }
  }
}
