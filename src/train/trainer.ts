/** The operations on a compiled model. */
import { checkKeys } from '../base/arguments.ts';
import { ArgumentError, ShapeError, StateError } from '../base/errors.ts';
import type { NamedRows, Rows } from '../base/numbers.ts';
import { indented, showValue } from '../base/show-value.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Schedule } from '../compiler/schedule.ts';
import { nameOf, readBytes, type Source, writerTo } from '../data/bytes.ts';
import type { Dataset } from '../data/dataset.ts';
import { factsOf } from '../data/facts-of.ts';
import type { AnyDataset, StreamedDataset } from '../data/streamed.ts';
import type { Device } from '../engine/device.ts';
import type { DeviceTensor } from '../engine/device-tensor.ts';
import type { Program } from '../engine/engine.ts';
import { heldOf } from '../engine/held.ts';
import { tensorNames, unknownTensor, writeTensors } from '../engine/named-tensors.ts';
import type { Report } from '../graph/check.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { checkConstantRate, learningRateAt } from '../nn/learning-rate.ts';
import { type Model, type Predictions, predictionsOf } from '../nn/model.ts';
import { matching } from '../nn/parameter-patterns.ts';
import { differences, type Values as ParameterValues } from '../saved/differences.ts';
import type { DispatchTuning } from '../tune/tuner.ts';
import type { Access } from './access.ts';
import { askedOf, type Metrics } from './asked.ts';
import { augmentationOf } from './augmentation.ts';
import { type ParameterOptions, readParameters, writeParameter } from './averages.ts';
import { checkBest } from './best-epoch.ts';
import {
  applyCheckpoint,
  formatCheckpoint,
  type LoadOptions,
  readLimits,
  type SaveOptions,
} from './checkpoint/checkpoint.ts';
import type { Loaded } from './checkpoint/matching.ts';
import { takeSnapshot } from './checkpoint/snapshot.ts';
import { Compiled, enlist } from './compiled.ts';
import { checkBatch, datasetFor } from './dataset-for.ts';
import type { EvaluateOptions, Evaluation, Measured } from './evaluate.ts';
import { type Evaluations, evaluationsOf } from './evaluations.ts';
import { lossOf } from './finite.ts';
import { trainEpochs } from './fit.ts';
import {
  checkEvaluate,
  checkFit,
  checkOrder,
  type EpochResult,
  type FitOptions,
  type ValidatedEpochResult,
  type ValidatedFitOptions,
} from './fit-options.ts';
import { freeze } from './freeze.ts';
import { predictionGraph } from './graphs.ts';
import { inspector } from './inspect.ts';
import { type GivenBatch, type GradientOptions, gradientsOf } from './loop/gradients.ts';
import { type GivenGradients, updateWith } from './loop/update.ts';
import { checkNonFinite, type NonFiniteOptions, splitNonFinite } from './non-finite-options.ts';
import { afterNonFinite } from './odd-steps.ts';
import { goOn, telling } from './ongoing.ts';
import type { BatchOptions, CheckOptions, GivenSamples, GivenTargets } from './pack-batch.ts';
import { predictHeld, predictOn, samplesOf } from './predict.ts';
import { afterLoss } from './recovery.ts';
import { type Changes, replaceStep } from './replace-step.ts';
import { giveBack, type Session, startAfresh, takeRow } from './session.ts';
import type { TrainingStep } from './training-program.ts';
import { checkBatchStep } from './verify.ts';
import { demandPlace, weigh } from './weighing.ts';

/**
 * A model that is compiled for one device; made by {@link compile}.
 *
 * Samples go in one after another, as `[n][features]`. Every method throws or rejects with a StateError after
 * {@link Trainer.destroy}, and a DeviceLostError if the device is lost. `fit`, `load`, `check` and `update` have the net to
 * themselves: while one of them runs, these, `step` and `setParameters` are a StateError.
 */
export class Trainer<M extends Model = Model> {
  readonly #session: Session;
  readonly #compiled: Compiled;
  readonly #access: Access;
  readonly #evaluations: Evaluations;
  /** Graphs of `predict` and `tensors`, made when first asked for. */
  #prediction?: ReturnType<typeof predictionGraph>;
  readonly #inspect: ReturnType<typeof inspector>;

  /** @internal */
  constructor(session: Session, ownDevice?: Device) {
    this.#session = session;
    this.#compiled = new Compiled(session);
    enlist(this, this.#compiled);
    this.#access = this.#compiled.access;
    this.#evaluations = evaluationsOf(this.#compiled);
    this.#compiled.ownDevice = ownDevice;
    this.#inspect = inspector(this.#compiled);
  }

  /** The graph of one training step; {@link print} shows it. */
  get graph(): Graph {
    return this.#session.program.graph;
  }

  /**
   * The dispatches of one training step; {@link print} shows them.
   *
   * @throws {StateError} On the CPU, which runs the graph itself.
   */
  get schedule(): Schedule {
    const { schedule } = this.#session.program;
    if (!schedule) throw new StateError('schedule: the CPU reference runs the graph and has no schedule');
    return schedule;
  }

  /**
   * The form of each matrix product, convolution and recurrent kernel of a step, with what was tried; empty on the CPU. Forms of
   * recurrent kernels are not timed.
   */
  get tuning(): readonly DispatchTuning[] {
    return this.#session.tuner?.steps ?? [];
  }

  /** The device in use, another one after a loss that `fit` recovered from; undefined on the CPU. */
  get device(): Device | undefined {
    return this.#session.engine.device;
  }

  /** Steps trained so far. */
  get steps(): number {
    return this.#session.steps;
  }

  /** Epochs completed so far, over all fits; abandoned ones count too. */
  get epochs(): number {
    const { epochs, unfinished } = this.#session;
    return unfinished ? epochs - 1 : epochs;
  }

  /** Updates made so far: as many as steps, or fewer with `accumulate`. */
  get updates(): number {
    return this.#session.updates;
  }

  /** Names of the classes, or of the outputs, of the data set that the net was last trained on, if it has any. */
  get classNames(): readonly string[] | undefined {
    return this.#session.data?.classNames;
  }

  /** Keys of the parameters that are frozen, running statistics included. */
  get frozen(): readonly string[] {
    const { task, parameters } = this.#session;
    return parameters.map(({ key }) => key).filter((key) => task.frozen?.has(key));
  }

  /** The learning rate η of the next update. */
  get learningRate(): number {
    const { learningRate, updates } = this.#session;
    return learningRateAt(learningRate, updates);
  }
  /**
   * Sets the learning rate from the next update on, in place of a schedule. It may be set at any time, even while `fit` runs.
   *
   * @throws {ArgumentError} For a rate that is negative or not finite.
   */
  set learningRate(value: number) {
    checkConstantRate(value, 'learningRate');
    const { steps, rates } = this.#session;
    rates?.push({ steps, rate: value });
    this.#session.learningRate = value;
  }

  /**
   * Trains for `epochs` epochs, or `steps` steps, and resolves with a result per completed epoch.
   *
   * A fit that is aborted, or ends within an epoch because of `steps`, leaves that epoch unfinished. The next fit on the same
   * data set continues it, in the same order; `step` and `setParameters` abandon it, and with it the best epoch of that fit.
   *
   * @param dataset Training samples, at least one full batch.
   * @throws {ArgumentError} For an invalid option, a batch larger than the data set, or a `metric` that the validation set
   * does not have.
   * @throws {ShapeError} For a data set that does not fit the model.
   * @throws {DataError} For targets that the loss does not take, an invalid data set made by hand, what a streamed one may
   * not hold, or samples of one batch that are too large for a buffer of the device.
   * @throws {NonFiniteError} If a step makes NaN or infinity of its loss, a parameter or the state of the optimizer. It names the
   * first such step; what steps did is read with each submit, while the next one runs.
   * @throws {CheckError} If a compared step differs from the CPU reference; see {@link CompileOptions.check}.
   */
  fit<const M extends Metrics = readonly []>(
    dataset: Dataset | StreamedDataset,
    options: ValidatedFitOptions<M>,
  ): Promise<ValidatedEpochResult<M>[]>;
  /** Trains as above; the results have no `validation` and `best` unless the options have a `validation` set. */
  fit(dataset: Dataset | StreamedDataset, options: FitOptions): Promise<EpochResult[]>;
  async fit(dataset: Dataset | StreamedDataset, options: FitOptions = {}): Promise<EpochResult[]> {
    const { task } = this.#session;
    checkFit(options);
    const samples = datasetFor(task, dataset, 'fit');
    const { maxBytes, metrics } = options;
    checkBatch(task, samples, 'fit');
    checkOrder(samples, options);
    const { validation } = options;
    const heldOut = validation === undefined ? undefined : datasetFor(task, validation, 'fit: validation');
    checkBest(task, options.validation, options);
    const augmentation = augmentationOf(options.augment ?? {}, samples, task.model.input, 'fit: augment');
    const evaluate = (dataset: AnyDataset, signal?: AbortSignal) =>
      this.#access.take(() => this.#evaluations.evaluate(dataset, { signal, maxBytes, metrics }));
    const { recover, onNonFinite = recover ? 'stop' : undefined } = options;
    const remedies = [
      ...(recover && this.#session.engine.device ? [afterLoss(this.#compiled, options)] : []),
      ...(onNonFinite ? [afterNonFinite(this.#session, options)] : []),
    ];
    return this.#access.exclusive('fit', () =>
      goOn(this.#session, options, remedies, async (ongoing) => {
        if (samples.sampleWeights) await this.#access.take(() => weigh(this.#compiled, 'fit'));
        const fit = this.#tuned(() =>
          this.#compiled.feeds.use(samples, this.#session.program, { augmentation, maxBytes }, (feed) => {
            this.#session.data = factsOf(samples);
            return this.#evaluations.validated(heldOut, { maxBytes, metrics }, (validation) =>
              // The fit looks at the parameters itself.
              trainEpochs(this.#session, feed, options, evaluate, ongoing, validation),
            );
          }),
        );
        return telling(ongoing, fit);
      }),
    );
  }

  /**
   * Computes loss and accuracy on a data set. It may run during `fit`, and then sees the parameters change.
   *
   * @throws {ArgumentError} For an invalid option.
   * @throws {ShapeError} For a data set that does not fit the model.
   * @throws {DataError} As for `fit`.
   * @throws {NonFiniteError} For a parameter, an output or a loss that is NaN or infinite.
   */
  evaluate<const M extends Metrics>(
    dataset: Dataset | StreamedDataset,
    options: EvaluateOptions<M> & { metrics: M },
  ): Promise<Measured<M>>;
  /** Computes loss and accuracy as above, and nothing else unless the options have `metrics`. */
  evaluate(dataset: Dataset | StreamedDataset, options?: EvaluateOptions): Promise<Evaluation>;
  async evaluate(dataset: Dataset | StreamedDataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    const { task } = this.#session;
    this.#access.assertOpen('evaluate');
    checkEvaluate(options);
    const samples = datasetFor(task, dataset, 'evaluate');
    askedOf(task, samples, options.metrics, 'evaluate: metrics');
    return this.#access.take(() =>
      this.#compiled.finite('evaluate', options, () => this.#evaluations.evaluate(samples, options)),
    );
  }

  /**
   * Predicts the outputs of samples: probabilities if the loss takes logits, else the output of the model.
   *
   * @param x Any number of samples: a row of numbers each, or all numbers one after another. Numbers are what the net sees, except
   * that bytes (`Uint8Array`) are multiplied by the scale of the data set that the net was last trained on. Or a data set, whose
   * targets are not looked at, or a {@link DeviceTensor} with at most a batch of samples.
   * @returns Predictions `[n][outputs]`; of a model of several outputs, those of each by its name.
   * @throws {ShapeError} For an `x` that does not hold whole samples.
   * @throws {DataError} For a number in `x` that is not finite.
   * @throws {NonFiniteError} For a parameter or a prediction that is NaN or infinite, unless `allowNonFinite` is set.
   */
  async predict(
    x: Rows | NamedRows | DeviceTensor | Dataset | StreamedDataset,
    options: NonFiniteOptions = {},
  ): Promise<Predictions<M>> {
    const { task, engine } = this.#session;
    this.#access.assertOpen('predict');
    checkKeys('predict', options, ['allowNonFinite']);
    checkNonFinite('predict', options);
    this.#prediction ??= predictionGraph(task);
    const { graph, prediction } = this.#prediction;
    const held = heldOf(x);
    const samples = held ? undefined : samplesOf(task, x as Rows, 'predict', this.#session.data);
    const predict = held
      ? predictHeld(engine, prediction, held, task, options)
      : (program: Program) => predictOn(engine, program, prediction, samples!, task, options);
    const isPrediction = (node: Node) => node.name === prediction;
    const values = await this.#access.take(() =>
      this.#compiled.finite('predict', options, () =>
        this.#compiled.on({ name: 'predict', graph: () => graph, keep: isPrediction, averaged: true }, predict),
      ),
    );
    return predictionsOf(task.model as M, values);
  }

  /**
   * Trains one step on a batch of your own. It queues the work and returns at once. In a long loop, await {@link Trainer.ready}.
   *
   * @param x Up to `batch` samples, as for {@link Trainer.predict}, or a {@link DeviceTensor}, which y may be too.
   * @param y Targets: a row of values for each sample, all values one after another, or n class indices. A typed array of floats
   * holds values, one of integers class indices (values for a single output); a plain array of numbers is read by its length.
   * @throws {ArgumentError} For a data set that is not in memory.
   * @throws {ShapeError} For lengths that do not fit the model or each other, or too many samples.
   * @throws {DataError} For a number that is not finite, or a target that the loss does not take.
   * @throws {StateError} While `fit`, `load` or `check` runs, where 1024 steps wait for the device, or for weights that the net has no
   * place for.
   */
  step(x: GivenSamples, y: GivenTargets, options?: BatchOptions): void;
  /**
   * Trains one step on all samples of a data set in memory, such as `take(train, 50)`: at most a batch of them.
   */
  step(dataset: Dataset): void;
  step(x: GivenSamples | Dataset, y?: GivenTargets, options?: BatchOptions): void {
    const { engine, program } = this.#session;
    this.#access.assertIdle('step');
    const batch = this.#compiled.pack(x, y, 'step', options);
    demandPlace(this.#session, batch, 'step');
    this.#compiled.ahead.add('step');
    const { columns, tensors, dataset } = batch;
    if (dataset) this.#session.data = factsOf(dataset);
    this.#session.unfinished = undefined; // its loss would be counted among those of the epoch
    this.#session.best = undefined;
    writeTensors(program, tensors);
    const rows = [takeRow(this.#session, { columns })];
    engine.run([{ programs: [program], rows }], () => giveBack(this.#session, rows));
  }

  /**
   * Waits until the device has caught up with a loop of {@link Trainer.step} so far that at most 48 steps are queued.
   *
   * @returns At once, if there are fewer.
   */
  async ready(): Promise<void> {
    this.#access.assertOpen('ready');
    return this.#compiled.ahead.room();
  }

  /**
   * Reads the loss of the last step: the mean or the sum over its batch.
   *
   * @throws {NonFiniteError} For a loss that is NaN or infinite, unless `allowNonFinite` is set. It names the first step with such
   * a number.
   * @throws {StateError} Before the first step, also the first after `load` or `freeze`.
   */
  async loss(options: NonFiniteOptions = {}): Promise<number> {
    checkKeys('loss', options, ['allowNonFinite']);
    checkNonFinite('loss', options);
    this.#demandTensor('losses');
    return this.#access.afterCheck(() => lossOf(this.#session, options));
  }

  /**
   * Computes the gradients ∂C/∂θ on a batch, without an update. What is frozen has none.
   *
   * @param x Samples as for `step`.
   * @param y Targets as for `step`.
   * @returns Gradients by key, with the shapes of {@link Trainer.parameters}; with `inputs: true` also ∂C/∂x as `inputs`, whose
   * shape is `[n, ...sample]`.
   * @throws {ArgumentError} For an invalid option, or inputs that the loss has no gradient with respect to.
   * @throws {ShapeError} As for `step`.
   * @throws {DataError} As for `step`.
   * @throws {NonFiniteError} For a parameter that is NaN or infinite.
   */
  gradients(x: GivenSamples, y: GivenTargets, options?: GradientOptions): Promise<Record<string, Tensor>>;
  /** The same for all samples of a data set, as for `step`. */
  gradients(dataset: Dataset, options?: GradientOptions): Promise<Record<string, Tensor>>;
  async gradients(...given: GivenBatch): Promise<Record<string, Tensor>> {
    return gradientsOf(this.#compiled, ...given);
  }

  /**
   * Freezes the parameters that match patterns of their keys, and no others: `freeze(['layers.0.*'])`, and `freeze([])` to
   * train all again.
   *
   * Frozen parameters keep their values to the bit. They have no gradients and no optimizer state, and take part in the forward
   * pass alone. A `batchNorm` that is frozen whole uses its running statistics and leaves them as they are. Parameters that stay
   * trained keep their optimizer state; parameters that are trained again start with a new one. Under Adam its first updates
   * are up to 6.5 times the learning rate then, because the correction of the moving averages counts all updates. Gradients
   * that `accumulate` holds back for an update are let go of.
   *
   * @param patterns Keys in which `*` stands for any characters.
   * @throws {ArgumentError} For a pattern that matches no key, with all keys, or where nothing is left to be trained; nothing is
   * changed then.
   * @throws {OutOfMemoryError} For a training step that the device cannot hold; nothing is changed then.
   * @throws {StateError} While `fit`, `load` or `check` runs.
   */
  async freeze(patterns: readonly string[]): Promise<void> {
    return this.#access.exclusive('freeze', () => {
      const keys = this.#session.parameters.map(({ key }) => key);
      const frozen = new Set(matching('freeze', patterns, keys));
      return this.#access.take(() => freeze(this.#compiled, frozen));
    });
  }

  /**
   * Updates the parameters with gradients of your own, such as those of {@link Trainer.gradients}, changed or not.
   *
   * The optimizer does with them what it does with those of a step, clipping and schedule included, and `steps` and `updates` go
   * up by one. With `accumulate`, the update is made at once, and what steps have added up still waits for theirs. Running
   * statistics stay as they are: gradients do not hold those of their batch.
   *
   * @param gradients Tensors with the keys and shapes of {@link Trainer.gradients}, of every parameter that is trained.
   * @returns When the work is queued.
   * @throws {ShapeError} For missing or unknown keys, other shapes, or numbers that are not finite, with every difference;
   * nothing is changed then.
   * @throws {StateError} While `fit`, `load`, `check` or another `update` runs.
   */
  update(gradients: GivenGradients): Promise<void> {
    return updateWith(this.#compiled, gradients);
  }

  /**
   * Computes all named tensors of a forward and backward pass on a batch, without an update.
   *
   * @param x Samples as for `step`.
   * @param y Targets as for `step`.
   * @returns The tensors of {@link Trainer.tensor} by name, as `[features, n]`; also `slope1` = σ'(z1), ..., for activations
   * that work element by element, `da1` = ∂C/∂a1, ..., `mean1` and `variance1` of a normalisation, and `prediction`, with dropout
   * and batch statistics as in training.
   * @throws {ShapeError} As for `step`.
   * @throws {DataError} As for `step`.
   */
  tensors(x: GivenSamples, y: GivenTargets, options?: BatchOptions): Promise<Record<string, Tensor>>;
  /** The same for all samples of a data set, as for `step`. */
  tensors(dataset: Dataset): Promise<Record<string, Tensor>>;
  async tensors(x: GivenSamples | Dataset, y?: GivenTargets, options?: BatchOptions): Promise<Record<string, Tensor>> {
    this.#access.assertOpen('tensors');
    return this.#inspect(this.#compiled.pack(x, y, 'tensors', options));
  }

  /**
   * Reads all parameters, running statistics included.
   *
   * @returns Tensors by key, with the names and shapes of PyTorch: `layers.0.weight` `[out, in]`, `layers.0.bias` `[out]`.
   * @throws {ArgumentError} For an invalid option, or `averaged` of a net without `average`.
   */
  async parameters(options: ParameterOptions = {}): Promise<Record<string, Tensor>> {
    this.#access.assertOpen('parameters');
    return this.#access.afterCheck(() => readParameters(this.#session, options));
  }

  /**
   * Sets all parameters, running statistics included. The state of the optimizer and the number of steps stay as they are; an
   * average of the weights begins with these.
   *
   * @param values Tensors with the keys and shapes of {@link Trainer.parameters}.
   * @throws {ShapeError} For missing or unknown keys, other shapes, or numbers that are not finite, with every difference;
   * nothing is changed then.
   * @throws {StateError} While `fit`, `load` or `check` runs.
   */
  setParameters(values: ParameterValues): void {
    const { parameters, program } = this.#session;
    this.#access.assertIdle('setParameters');
    const wrong = differences(parameters, values);
    if (wrong.length > 0) throw new ShapeError(['setParameters: nothing was changed:', ...indented(wrong)]);
    for (const { key, node } of parameters) writeParameter(program, node.name, Float32Array.from(values[key].data));
    this.#session.averageFrom = this.#session.updates;
    startAfresh(this.#session);
  }

  /**
   * Saves everything that later steps depend on as one safetensors file: parameters, optimizer state, step, learning rate,
   * seed, the position in an unfinished epoch, and the best epoch so far. It may run during `fit`, and then saves one of its
   * steps.
   *
   * @param path In Node, a path or file URL to write the file to as well. It is replaced whole: a process that is killed
   * leaves the old file or the new one. Links are followed, and of several saves to one file the last call wins.
   * @returns The bytes of the file.
   * @throws {ArgumentError} For an invalid option, or for a path in a browser.
   * @throws {NonFiniteError} For a parameter that is NaN or infinite.
   * @throws {DataError} For a file that cannot be written.
   */
  async save(path?: string | URL, options?: SaveOptions): Promise<Uint8Array<ArrayBuffer>> {
    this.#access.assertOpen('save');
    const write = path === undefined ? undefined : writerTo(path);
    // All of it is asked for before anything is awaited: it is of one step, also while training goes on.
    const snapshot = this.#access.afterCheck(() => takeSnapshot(this.#session, options?.weightsOnly));
    const bytes = snapshot.then((taken) => formatCheckpoint(taken, options));
    await write?.(bytes);
    return bytes;
  }

  /**
   * Loads a file of `save`, so that training continues bit by bit as if it had never stopped, on the same device.
   *
   * Seed, learning rate and what is frozen become those of the file. An unfinished epoch continues when `fit` gets the same
   * samples. A file of weights alone, such as one from PyTorch, sets the parameters and starts over: step 0, and no optimizer
   * state. `{ weightsOnly: true, matching: true }` takes what fits by name and shape from the file of another net.
   *
   * @param source The file: bytes, a Blob, a URL or, in Node, a path.
   * @returns The keys of what was taken, and of what the file or the net has no part for.
   * @throws {ArgumentError} For an invalid source or option.
   * @throws {DataError} For a file that is missing, damaged, too long or of another net, with every difference; nothing is
   * changed then.
   * @throws {OutOfMemoryError} If the device refuses the tensors; load again then.
   * @throws {StateError} While `fit`, another `load` or `check` runs.
   */
  async load(source: Source, options?: LoadOptions): Promise<Loaded> {
    return this.#access.exclusive('load', async () => {
      const reading = readBytes(source, readLimits(this.#session, options));
      const bytes = await reading.finally(() => this.#access.assertOpen('load'));
      await this.#session.engine.settled(); // a step that was refused is not to be taken off the count of the file
      const replace = (changes: Changes, step: TrainingStep) => replaceStep(this.#compiled, changes, step);
      const loaded = await this.#access.take(() =>
        applyCheckpoint(this.#session, bytes, nameOf(source), options ?? {}, replace),
      );
      await this.#session.engine.settled();
      return loaded;
    });
  }

  /**
   * Reads a tensor of the last step.
   *
   * @param name Such as `x`, `y`, `z1`, `a1`, `delta1`, `dW1`, `db1`, `W1`, `b1` or `losses`; {@link Trainer.graph} has all.
   * @returns A tensor `[features, batch]`. Columns past the samples of a smaller batch have no meaning.
   * @throws {ArgumentError} For an unknown name, or one that {@link CompileOptions.keep} leaves out.
   * @throws {StateError} Before the first step, also the first after `load` or `freeze`.
   */
  async tensor(name: string): Promise<Tensor> {
    const { shape } = this.#demandTensor(name);
    return this.#access.afterCheck(async () => ({ shape, data: await this.#session.program.read(name) }));
  }

  /** A tensor of the last step. */
  #demandTensor(name: string): Pick<Tensor, 'shape'> {
    const { program, steps, stepsBefore } = this.#session;
    this.#access.assertOpen('tensor');
    if (steps === stepsBefore) throw new StateError(`tensor: there is no ${showValue(name)} before the first step`);
    const known = program.tensors.get(name);
    if (known) return known;
    if (tensorNames(this.graph).includes(name)) {
      throw new ArgumentError(`tensor: ${name} is not kept; name it in compile(..., { keep })`);
    }
    throw unknownTensor('tensor', name, this.graph);
  }

  /**
   * Compares one step on a batch with the CPU reference, tensor by tensor, and undoes it: parameters and optimizer state are
   * as before.
   *
   * @param x Samples as for `step`.
   * @param y Targets as for `step`.
   * @throws {CheckError} For a tensor that differs by more than its error bound.
   * @throws {NonFiniteError} For a tensor that holds NaN or infinity on both sides, unless `allowNonFinite` is set.
   * @throws {ShapeError} As for `step`.
   * @throws {DataError} As for `step`.
   * @throws {StateError} While `fit`, `load` or another `check` runs.
   */
  check(x: GivenSamples, y: GivenTargets, options?: CheckOptions): Promise<Report>;
  /** The same for all samples of a data set, as for `step`. */
  check(dataset: Dataset): Promise<Report>;
  async check(x: GivenSamples | Dataset, y?: GivenTargets, options?: CheckOptions): Promise<Report> {
    const [allowNonFinite, given] = splitNonFinite('check', options);
    return this.#access.exclusive('check', () => {
      const { columns, tensors } = this.#compiled.pack(x, y, 'check', given);
      return this.#access.take(async () => {
        if (tensors.has('w')) await weigh(this.#compiled, 'check');
        return checkBatchStep(this.#session, columns, tensors, allowNonFinite);
      });
    });
  }

  /** Frees all buffers, and the device if `compile` opened it. It may be called twice. */
  destroy(): void {
    if (!this.#access.close()) return;
    this.#session.engine.destroy();
    this.#compiled.ownDevice?.destroy();
  }

  /** Calls {@link Trainer.destroy}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
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
