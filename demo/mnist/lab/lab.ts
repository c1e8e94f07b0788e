/**
 * The lab: a device, data and a net, worked on call by call. It runs in a worker, so that the page stays free, and tells a
 * listener how things go.
 */
import { CheckError, DataError, DeviceLostError, print, type Report, StateError } from 'retrograd';
import type { Profile } from 'retrograd/bench';
import { batch, type Dataset, type DatasetPair, take } from 'retrograd/data';
import { type Config, fromHash } from '../config.ts';
import { createLibrary, type Library, summaryOf } from './data.ts';
import { Hardware } from './hardware.ts';
import { bounds, curvesToHeld, isOf, type Known, keyOf, readRun, recordOf } from './kept.ts';
import type {
  Curves,
  DataSummary,
  Evaluated,
  KeptRun,
  Lab,
  LabEvent,
  Machine,
  Memory,
  Parameters,
  Prepared,
  RecoveryProof,
  RunIdentity,
  Sample,
  Speed,
  Status,
  TestResult,
} from './protocol.ts';
import { createQueue } from './queue.ts';
import type { Held } from './reporter.ts';
import { testOn } from './results.ts';
import { createRun, type Run } from './run.ts';
import { databaseShelf, type Shelf } from './shelf.ts';

const onRequest = () => import('./on-request.ts');
const proofs = () => import('./proofs.ts');

/** Steps in a go and milliseconds in all for timing kernels. */
const PROFILE = { steps: 10, milliseconds: 500 };

/** Test samples among which a mistake is looked for. */
const LOOKED_AT = 500;

/** `mnistFrom`: where the server of the page has the files of MNIST, if it has. Runs are kept on the shelf. */
export const createLab = (mnistFrom?: string, shelf: Shelf = databaseShelf(bounds.runs)): Lab =>
  new LocalLab(mnistFrom, shelf);

/** What a net begins with, other than fresh weights. */
interface Origin {
  readonly from?: Held;
  readonly identity?: RunIdentity;
  /** Asks for a run that was kept: the last one of the same net, or one by its id. */
  readonly restore?: boolean | string;
}

class LocalLab implements Lab {
  #tell: (event: LabEvent) => void = () => {};
  #run: Run | undefined;
  /** The image that is pictured, whatever the net. */
  #watched: Float32Array | undefined;
  /** What is held when the device goes, to go on from. */
  #lost: { readonly config: Config; readonly held?: Held; readonly identity?: RunIdentity } | undefined;
  /** Gives up the net that is being prepared. */
  #wanted = new AbortController();
  readonly #inTurn = createQueue();
  readonly #hardware = new Hardware((message) => {
    // A net that trains goes on with another device, or tells that it cannot.
    if (!this.#run?.isTraining) this.#lose(message);
  });
  readonly #library: Library;
  readonly #shelf: Shelf;
  /** The run of the net that is there. */
  #known: Pick<Known, 'id' | 'began' | 'data' | 'parameters'> | undefined;

  constructor(mnistFrom: string | undefined, shelf: Shelf) {
    this.#shelf = shelf;
    this.#library = createLibrary({
      mnistFrom,
      few: () => this.#hardware.isCpu,
      onProgress: ({ file, received, total }) => this.#tell({ kind: 'download', file, received, total }),
    });
  }

  async open(listener: (event: LabEvent) => void): Promise<Machine> {
    this.#tell = listener;
    return this.#open();
  }

  prepare(config: Config, restore?: boolean | string): Promise<Prepared> {
    return this.#prepare(config, { restore });
  }

  async cancel(): Promise<void> {
    this.#wanted.abort(new StateError('the preparation was cancelled'));
  }

  async keep(curves: Curves): Promise<void> {
    if (!this.#run || !this.#known) return;
    const { config, held } = this.#run;
    const stored = recordOf({ ...this.#known, config, held, machine: this.#hardware.name }, curves, Date.now());
    if (stored) await this.#shelf.write(stored);
  }

  async runs(): Promise<KeptRun[]> {
    return (await this.#shelf.list()).map(readRun).filter((run) => run !== undefined);
  }

  forget(id: string): Promise<void> {
    return this.#shelf.remove(id);
  }

  async useFiles(files: File[]): Promise<DataSummary> {
    return summaryOf(await this.#library.take(files));
  }

  // In turn, so that neither meets a step or a check under way, which has the net to itself and starts it again.
  start(): Promise<void> {
    return this.#inTurn(async () => this.#current().start());
  }

  pause(): Promise<void> {
    return this.#inTurn(async () => this.#run?.stop());
  }

  step(): Promise<void> {
    return this.#inTurn(async () => {
      const run = this.#current();
      await run.stop();
      await run.train(1);
      await run.look();
    });
  }

  async setLearningRate(learningRate: number): Promise<void> {
    this.#current().net.learningRate = learningRate;
  }

  async sample(set: 'train' | 'test', index: number): Promise<Sample> {
    const dataset = this.#current().data[set];
    return { pixels: batch(dataset, [index]).x, label: dataset.targets.data[index] };
  }

  // In turn, so that they are not among the kernels that are timed.
  watch(pixels: Float32Array): Promise<void> {
    this.#watched = pixels;
    return this.#inTurn(async () => this.#run?.watch(pixels));
  }

  predict(pixels: Float32Array): Promise<Float32Array> {
    return this.#inTurn(async () => this.#current().net.predict(pixels));
  }

  inspect(sample: Required<Sample>): Promise<Parameters> {
    return this.#inTurn(async () => {
      const { net, data, config } = this.#current();
      const { inspectSample } = await onRequest();
      const mixes = config.hidden.some(({ kind }) => kind === 'batchNorm');
      return inspectSample({ net, dataset: data.train, count: config.batch, mixes }, sample);
    });
  }

  mistake(): Promise<(Required<Sample> & { readonly index: number }) | undefined> {
    return this.#inTurn(async () => {
      const { net, data } = this.#current();
      const { mistakes } = await testOn(net, take(data.test, Math.min(LOOKED_AT, data.test.count)));
      return mistakes[0];
    });
  }

  /** All samples with the same weights. */
  test(): Promise<TestResult> {
    return this.#interrupt(async ({ net, data, step }) => ({ step, ...(await testOn(net, data.test)) }));
  }

  check(): Promise<Report> {
    return this.#interrupt(async ({ net, data: { train }, config }) => {
      const first = Array.from({ length: Math.min(config.batch, train.count) }, (_, i) => i);
      const { x, y } = batch(train, first);
      return net.check(x, y).catch((error: unknown): Report => {
        if (error instanceof CheckError) return error.report;
        throw error;
      });
    });
  }

  profile(): Promise<Profile | undefined> {
    return this.#interrupt(async (run) => {
      const { device } = this.#hardware;
      if (!device) return undefined;
      const { profile } = await onRequest();
      const times = await profile(device.gpu, () => run.train(PROFILE.steps), PROFILE.milliseconds);
      await run.look();
      return times;
    });
  }

  loseDevice(): Promise<RecoveryProof> {
    return this.#interrupt(async ({ config, data }) => (await proofs()).proveRecovery(config, data.train));
  }

  speed(): Promise<Speed> {
    return this.#interrupt(async ({ config, data }) => (await proofs()).compareSpeed(config, data.train));
  }

  async memory(): Promise<Memory> {
    const { config, data } = this.#current();
    const bytesOf = ({ inputs, targets }: Dataset) => inputs.data.byteLength + targets.data.byteLength;
    return { ...(await (await proofs()).memoryOf(config)), data: bytesOf(data.train) + bytesOf(data.test) };
  }

  async save(whole = false): Promise<Uint8Array<ArrayBuffer>> {
    return this.#current().net.save(undefined, { weightsOnly: !whole });
  }

  load(file: Blob): Promise<void> {
    return this.#interrupt(async (run) => {
      const { checkWeights } = await onRequest();
      await checkWeights(file, run.config);
      await run.load(file);
      await run.look();
    });
  }

  async recover(): Promise<{ readonly machine: Machine; readonly prepared?: Prepared }> {
    const before = this.#lost;
    const machine = await this.#open();
    const prepared =
      before?.held && (await this.#prepare(before.config, { from: before.held, identity: before.identity }));
    return { machine, prepared };
  }

  #say(status: Status): void {
    this.#tell({ kind: 'status', status });
  }

  #current(): Run {
    if (!this.#run) throw new StateError('there is no network yet');
    return this.#run;
  }

  #open(): Promise<Machine> {
    this.#say('opening');
    return this.#hardware.open();
  }

  #lose(message: string): void {
    if (this.#run) this.#lost = { config: this.#run.config, held: this.#run.held, identity: this.#known };
    this.#drop();
    this.#tell({ kind: 'lost', message, held: this.#lost?.held?.evaluated });
    this.#say('lost');
  }

  #drop(): void {
    const run = this.#run;
    this.#run = this.#known = undefined;
    this.#hardware.release();
    run?.destroy();
  }

  /** Work that training has to wait for, and that has the net to itself. */
  #interrupt<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const run = this.#current();
      const wasTraining = run.isTraining;
      await run.stop();
      try {
        return await work(run);
      } finally {
        if (wasTraining && this.#run === run) run.start();
      }
    });
  }

  /** Rejects with StateError where another net is asked for meanwhile, or `cancel` is called. */
  #prepare(config: Config, origin: Origin): Promise<Prepared> {
    this.#wanted.abort(new StateError('another network was requested in the meantime'));
    const mine = new AbortController();
    this.#wanted = mine;
    this.#known = undefined; // the curves of the page are of the next net from now on
    return this.#inTurn(async () => {
      if (this.#wanted !== mine) throw mine.signal.reason;
      this.#drop();
      this.#lost = undefined;
      this.#say('preparing');
      try {
        const prepared = await this.#make(config, origin, mine);
        this.#say('paused');
        return prepared;
      } catch (error) {
        this.#drop();
        if (this.#wanted === mine && this.#hardware.isThere) this.#say(mine.signal.aborted ? 'cancelled' : 'failed');
        throw error;
      }
    });
  }

  /** Loads the data and makes the net, until it has been tested for the first time. */
  async #make(config: Config, origin: Origin, mine: AbortController): Promise<Prepared> {
    const { signal } = mine;
    await this.#hardware.renew();
    signal.throwIfAborted();
    const data = shortened(await Promise.race([this.#library.load(config.data), abortOf(signal)]), config);
    const { run, identity } = await this.#goOnOrBegin(config, data, origin, mine);
    const start = await run.firstLook();
    if (this.#watched) await run.watch(this.#watched);
    const made = { data: summaryOf(data), parameters: countOf(await run.net.parameters()) };
    this.#known = { ...identity, ...made };
    // Not before there is another in its place.
    await this.#endOthers(keyOf(config), identity.id);
    return { run: identity, ...made, ...describe(run, start, this.#hardware.device !== undefined) };
  }

  /** With the weights of a run that is kept, if one is asked for that is whole; else with those it is given, or fresh ones. */
  async #goOnOrBegin(
    config: Config,
    data: DatasetPair,
    { from, identity, restore = false }: Origin,
    mine: AbortController,
  ): Promise<{ readonly run: Run; readonly identity: RunIdentity }> {
    const kept = restore === false ? undefined : await this.#kept(restore, config, summaryOf(data));
    if (kept) {
      try {
        const run = await this.#createRun(config, data, kept.held, mine);
        this.#tell({ kind: 'restored', curves: curvesToHeld(kept.run) });
        const { id, began } = kept.run;
        return { run, identity: { id, began } };
      } catch (error) {
        if (!(error instanceof DataError)) throw error; // it is damaged, or of another version
      }
    }
    const run = await this.#createRun(config, data, from, mine);
    return { run, identity: identity ?? { id: drawId(), began: Date.now() } };
  }

  /** The last run of a net that goes on, or the one of this id, if its checkpoint is there. */
  async #kept(restore: true | string, config: Config, data: DataSummary) {
    const isAsked = ({ id, goesOn, settings }: KeptRun): boolean =>
      restore === true ? goesOn && fromHash(settings).learningRate === config.learningRate : id === restore;
    try {
      const run = (await this.runs()).findLast((of) => isAsked(of) && isOf(of, config, data));
      const file = run && (await this.#shelf.file(run.id));
      return run && file instanceof Uint8Array ? { run, held: { ...run.held!, file } as Held } : undefined;
    } catch {
      return undefined; // nothing is kept here
    }
  }

  /** A reload goes on with no other run of a net than this one. */
  async #endOthers(key: string, id: string): Promise<void> {
    const all = await this.#shelf.list().catch(() => []);
    const others = (all as KeptRun[]).filter((of) => readRun(of)?.goesOn && of.key === key && of.id !== id);
    for (const run of others) await this.#shelf.write({ run: { ...run, goesOn: false } as KeptRun }).catch(() => {});
  }

  async #createRun(config: Config, data: DatasetPair, from: Held | undefined, mine: AbortController): Promise<Run> {
    let isMaking = true;
    // A net that is to make room for another, or went with the device, has nothing more to tell.
    const isCurrent = () => this.#wanted === mine && (isMaking || this.#run !== undefined);
    try {
      this.#run = await createRun({
        config,
        data,
        device: this.#hardware.target,
        from,
        signal: mine.signal,
        tell: (event) => isCurrent() && this.#tell(event),
        onError: (error) => isCurrent() && this.#tellProblem(error),
        onRecover: (device, step) =>
          isCurrent() && this.#tell({ kind: 'recovered', machine: this.#hardware.adopt(device), step }),
        onLost: ({ message }) => isCurrent() && this.#lose(message),
      });
      return this.#run;
    } finally {
      isMaking = false;
    }
  }

  #tellProblem(error: unknown): void {
    if (error instanceof DeviceLostError) return; // told once, by its own promise
    const { name, message } = error as Error;
    this.#tell({ kind: 'problem', name, message });
  }
}

/** With so many of the training samples as are chosen. */
const shortened = (pair: DatasetPair, { samples }: Config): DatasetPair =>
  samples > 0 ? { ...pair, train: take(pair.train, samples) } : pair;

/** Rejects once the signal is aborted. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });

const drawId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('-');

const countOf = (parameters: Parameters): number =>
  Object.values(parameters).reduce((sum, { data }) => sum + data.length, 0);

const describe = ({ net }: Run, start: Evaluated, onGpu: boolean) => ({
  start,
  graph: print(net.graph),
  ...(onGpu && { schedule: print(net.schedule), dispatches: net.schedule.dispatches.length }),
});
