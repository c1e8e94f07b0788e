/**
 * The lab: a device, data and a net, worked on call by call. It runs in a worker, so that the page stays free, and tells a
 * listener how things go.
 */
import {
  CheckError,
  type Device,
  DeviceLostError,
  NoAdapterError,
  openDevice,
  print,
  type Report,
  StateError,
} from 'retrograd';
import { profile } from 'retrograd/bench';
import { batch } from 'retrograd/data';
import type { Config } from '../config.ts';
import { createLibrary, summaryOf } from './data.ts';
import { checkWeights } from './files.ts';
import { keyOf, readRecord, recordOf } from './kept.ts';
import type { Lab, LabEvent, Machine, Prepared, Status } from './protocol.ts';
import { testOn } from './results.ts';
import { createRun, type Held, type Run } from './run.ts';
import { databaseShelf, type Shelf } from './shelf.ts';

/** Steps in a go and milliseconds in all for timing kernels. */
const PROFILE = { steps: 10, milliseconds: 500 };

/** `mnistFrom`: where the server of the page has the files of MNIST, if it has. Nets are kept on the shelf. */
export function createLab(mnistFrom?: string, shelf: Shelf | undefined = databaseShelf()): Lab {
  let listener: (event: LabEvent) => void = () => {};
  let device: Device | undefined;
  let machine: Machine | undefined;
  let run: Run | undefined;
  /** What is held when the device goes, to go on from. */
  let lost: { readonly config: Config; readonly held?: Held } | undefined;
  /** Gives up the net that is being prepared. */
  let wanted = new AbortController();
  let queue: Promise<unknown> = Promise.resolve();
  const library = createLibrary({
    mnistFrom,
    few: () => machine?.kind === 'cpu',
    onProgress: ({ file, received, total }) => listener({ kind: 'download', file, received, total }),
  });
  const say = (status: Status): void => listener({ kind: 'status', status });
  const current = (): Run => {
    if (!run) throw new StateError('there is no network yet');
    return run;
  };

  async function open(): Promise<Machine> {
    say('opening');
    try {
      const opened = await openDevice();
      const before = device;
      device = opened;
      before?.destroy(); // of a call that came twice
      machine = { kind: 'gpu', name: opened.info.name, software: opened.info.software };
      opened.gpu.lost.then(({ message }) => {
        if (device === opened) lose(message || 'the driver gave no reason');
      });
    } catch (error) {
      if (!(error instanceof NoAdapterError)) throw error;
      const { message: reason, missing, advice } = error;
      machine = { kind: 'cpu', name: 'CPU reference', software: true, reason, missing, advice };
    }
    return machine;
  }

  /** What a net is made on: never the CPU in place of a GPU that is gone. */
  function deviceOfNow(): Device | 'cpu' {
    if (device || machine?.kind === 'cpu') return device ?? 'cpu';
    throw new DeviceLostError('the device was lost before there was a network');
  }

  function lose(message: string): void {
    device = undefined;
    const gone = run;
    run = undefined;
    if (gone) lost = { config: gone.config, held: gone.held };
    gone?.destroy();
    listener({ kind: 'lost', message, held: lost?.held?.evaluated });
    say('lost');
  }

  /** One after another, in the order of the calls. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  /** Work that training has to wait for, and that has the net to itself. */
  const interrupt = <T>(work: (of: Run) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      const of = current();
      const wasTraining = of.isTraining;
      await of.stop();
      try {
        return await work(of);
      } finally {
        if (wasTraining && run === of) of.start();
      }
    });

  /** Rejects with StateError where another net is asked for meanwhile, or `cancel` is called. */
  function prepare(config: Config, { from, restore = false }: Origin = {}): Promise<Prepared> {
    wanted.abort(new StateError('another network was requested in the meantime'));
    const mine = new AbortController();
    wanted = mine;
    const { signal } = mine;
    let isMaking = true;
    // A net that is to make room for another, or went with the device, has nothing more to tell.
    const isCurrent = () => wanted === mine && (isMaking || run !== undefined);
    return inTurn(async () => {
      if (wanted !== mine) throw signal.reason;
      run?.destroy();
      run = undefined;
      lost = undefined;
      say('preparing');
      try {
        signal.throwIfAborted();
        const data = await Promise.race([library.load(config.data), abortOf(signal)]);
        const kept = restore ? readRecord(await shelf?.read(keyOf(config)), config, summaryOf(data)) : undefined;
        run = await createRun({
          config,
          data,
          device: deviceOfNow(),
          from: from ?? kept?.held,
          signal,
          tell: (event) => isCurrent() && listener(event),
          onError: (error) => isCurrent() && tellProblem(error),
        });
        isMaking = false;
        if (kept) listener({ kind: 'restored', curves: kept.curves });
        const start = await run.firstLook();
        // Not before there is another in its place.
        if (!restore && !from) await shelf?.remove(keyOf(config));
        say('paused');
        return describe(run, start, device !== undefined);
      } catch (error) {
        isMaking = false;
        run?.destroy();
        run = undefined;
        if (wanted === mine && (device || machine?.kind === 'cpu')) say(signal.aborted ? 'cancelled' : 'failed');
        throw error;
      }
    });
  }

  function tellProblem(error: unknown): void {
    if (error instanceof DeviceLostError) return; // told once, by its own promise
    const { name, message } = error as Error;
    listener({ kind: 'problem', name, message });
  }

  return {
    async open(tell) {
      listener = tell;
      return open();
    },
    prepare: (config, restore) => prepare(config, { restore }),
    async cancel() {
      wanted.abort(new StateError('the preparation was cancelled'));
    },
    async keep(curves) {
      if (!run?.held) return;
      const { config, data, held } = run;
      const record = recordOf(config, summaryOf(data), { held, curves }, Date.now());
      if (record) await shelf?.write(keyOf(config), record);
    },
    useFiles: async (files) => summaryOf(await library.take(files)),
    // In turn, so that neither meets a step or a check under way, which has the net to itself and starts it again.
    start: () => inTurn(async () => current().start()),
    pause: () => inTurn(async () => run?.stop()),
    step: () =>
      inTurn(async () => {
        const of = current();
        await of.stop();
        await of.train(1);
        await of.look();
      }),
    async setLearningRate(learningRate) {
      current().setLearningRate(learningRate);
    },
    async sample(set, index) {
      const dataset = current().data[set];
      return { pixels: batch(dataset, [index]).x, label: dataset.targets.data[index] };
    },
    // In turn, so that they are not among the kernels that are timed.
    predict: (pixels) => inTurn(async () => current().net.predict(pixels)),
    inspect: ({ pixels, label }) => inTurn(async () => current().net.tensors(pixels, [label])),
    // All samples with the same weights.
    test: () => interrupt(async ({ net, data, step }) => ({ step, ...(await testOn(net, data.test)) })),
    check: () =>
      interrupt(async ({ net, data: { train }, config }) => {
        const first = Array.from({ length: Math.min(config.batch, train.count) }, (_, i) => i);
        const { x, y } = batch(train, first);
        return net.check(x, y).catch((error: unknown): Report => {
          if (error instanceof CheckError) return error.report;
          throw error;
        });
      }),
    profile: () =>
      interrupt(async (of) => {
        if (!device) return undefined;
        const times = await profile(device.gpu, () => of.train(PROFILE.steps), PROFILE.milliseconds);
        await of.look();
        return times;
      }),
    save: async () => current().net.save(undefined, { weightsOnly: true }),
    load: (file) =>
      interrupt(async (of) => {
        await checkWeights(file, of.config);
        await of.load(file);
        await of.look();
      }),
    async recover() {
      const before = lost;
      const found = await open();
      const prepared = before?.held && (await prepare(before.config, { from: before.held }));
      return { machine: found, prepared };
    },
  };
}

/** What a net begins with, other than fresh weights. */
interface Origin {
  readonly from?: Held;
  /** What was kept of an earlier visit. */
  readonly restore?: boolean;
}

/** Rejects once the signal is aborted. */
const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });

function describe({ net, data }: Run, { evaluated, parameters }: Held, onGpu: boolean): Prepared {
  const counts = Object.values(parameters).map((tensor) => tensor.data.length);
  return {
    start: evaluated,
    data: summaryOf(data),
    parameters: counts.reduce((a, b) => a + b, 0),
    graph: print(net.graph),
    ...(onGpu && { schedule: print(net.schedule), dispatches: net.schedule.dispatches.length }),
  };
}
