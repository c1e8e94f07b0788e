/**
 * The lab: a device, data and a net, worked on call by call. It runs in a worker, so that the page stays free, and tells a
 * listener how training goes.
 */
import {
  CheckError,
  compile,
  type Device,
  DeviceLostError,
  dense,
  type FitOptions,
  NoAdapterError,
  openDevice,
  print,
  type Report,
  StateError,
  sequential,
  type Trainer,
} from 'retrograd';
import { profile } from 'retrograd/bench';
import { batch, type DatasetPair } from 'retrograd/data';
import { activations, type Config, costs, optimizers } from '../config.ts';
import { type Clock, createClock } from './clock.ts';
import { createLibrary, summaryOf } from './data.ts';
import {
  CLASSES,
  type Evaluated,
  type Lab,
  type LabEvent,
  type Machine,
  type Parameters,
  SIDE,
  type Status,
} from './protocol.ts';
import { testOn } from './results.ts';

/** Pictures of W1 are sent at most so often, in milliseconds. */
const PICTURES = 400;
/** A test takes at most this share of the time, and comes once a second at most. */
const SHARE_OF_TESTS = 0.15;

/** A net in training, with all that is told about it. */
interface Run {
  readonly config: Config;
  readonly data: DatasetPair;
  readonly net: Trainer;
  readonly clock: Clock;
  /** Epochs completed. */
  epochs: number;
  /** Under way while training. */
  training?: { readonly stop: AbortController; readonly ended: Promise<void> };
  /** The last that was evaluated, and the weights of then: what outlives the device. */
  held?: { readonly evaluated: Evaluated; readonly parameters: Parameters };
  lastPicture: number;
  lastTest: { readonly ended: number; readonly took: number };
  testing?: Promise<void>;
}

export function createLab(): Lab {
  let tell: (event: LabEvent) => void = () => {};
  let device: Device | undefined;
  let machine: Machine;
  let run: Run | undefined;
  let generation = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const library = createLibrary(
    () => machine.kind === 'cpu',
    ({ file, received, total }) => tell({ kind: 'download', file, received, total }),
  );
  const say = (status: Status): void => tell({ kind: 'status', status });
  const current = (): Run => {
    if (!run) throw new StateError('there is no net yet');
    return run;
  };

  async function open(): Promise<Machine> {
    say('opening');
    device = await openDevice().catch((error: unknown) => {
      if (!(error instanceof NoAdapterError)) throw error;
      machine = { kind: 'cpu', name: 'CPU reference', software: true, reason: error.message };
      return undefined;
    });
    if (!device) return machine;
    const opened = device;
    machine = { kind: 'gpu', name: opened.info.name, software: opened.info.software };
    opened.gpu.lost.then(({ message }) => {
      if (device === opened) lost(message || 'the driver gave no reason');
    });
    return machine;
  }

  function lost(message: string): void {
    device = undefined;
    const held = run?.held?.evaluated;
    run?.training?.stop.abort();
    run?.clock.stop();
    tell({ kind: 'lost', message, held });
    say('lost');
  }

  /** Errors of work that nobody awaits; a lost device is told once, by its own promise. */
  function problem(error: unknown): void {
    if (error instanceof DeviceLostError || !device !== (machine.kind === 'cpu')) return;
    const { name, message } = error as Error;
    tell({ kind: 'problem', name, message });
  }

  async function makeNet(config: Config): Promise<Trainer> {
    const cost = costs[config.cost];
    const layers = config.hidden.map(({ units, activation }) => dense(units, activations[activation]));
    const { batch, seed, learningRate } = config;
    return compile(sequential([SIDE * SIDE], [...layers, dense(CLASSES, cost.output)]), {
      device: device ?? 'cpu',
      batch,
      seed,
      loss: cost.make(),
      optimizer: optimizers[config.optimizer].make({ learningRate }),
    });
  }

  async function evaluate(of: Run): Promise<Evaluated> {
    const began = performance.now();
    const [{ loss, accuracy }, parameters] = await Promise.all([of.net.evaluate(of.data.test), of.net.parameters()]);
    const evaluated = { step: of.net.steps, seconds: of.clock.seconds(), loss, accuracy: accuracy ?? Number.NaN };
    of.held = { evaluated, parameters };
    of.lastTest = { ended: performance.now(), took: performance.now() - began };
    tell({ kind: 'evaluated', evaluated });
    return evaluated;
  }

  /** W1 as it is now. */
  async function sendPicture(of: Run): Promise<void> {
    of.lastPicture = performance.now();
    const { 'layers.0.weight': weights } = await of.net.parameters();
    if (of === run) tell({ kind: 'weights', weights });
  }

  /** What is to be done beside training, when it is time for it. */
  function lookIn(of: Run): void {
    const now = performance.now();
    if (now - of.lastPicture > PICTURES) sendPicture(of).catch(problem);
    const { ended, took } = of.lastTest;
    if (of.testing || now - ended < Math.max(1000, took / SHARE_OF_TESTS)) return;
    of.testing = evaluate(of)
      .catch(problem)
      .then(() => {
        of.testing = undefined;
      });
  }

  /** Trains so many steps, or until stopped. */
  async function train(of: Run, steps: number | undefined, signal: AbortSignal): Promise<void> {
    const { net, data, clock } = of;
    const onProgress: NonNullable<FitOptions['onProgress']> = (progress) => {
      const { step: stepOfEpoch, steps: stepsOfEpoch, loss, samplesPerSecond } = progress;
      const counts = { step: net.steps, seconds: clock.seconds(), epoch: of.epochs + 1, stepOfEpoch, stepsOfEpoch };
      tell({ kind: 'progress', progress: { ...counts, loss, samplesPerSecond } });
      lookIn(of);
    };
    clock.start();
    try {
      do {
        const amount = steps === undefined ? { epochs: 1 } : { steps };
        of.epochs += (await net.fit(data.train, { ...amount, signal, onProgress })).length;
      } while (steps === undefined);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clock.stop();
    }
  }

  async function pause(): Promise<void> {
    const training = run?.training;
    training?.stop.abort();
    await training?.ended;
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
      const wasRunning = of.training !== undefined;
      await pause();
      try {
        return await work(of);
      } finally {
        if (wasRunning && run === of) start(of);
      }
    });

  function start(of: Run): void {
    if (of.training) return;
    const stop = new AbortController();
    const ended = train(of, undefined, stop.signal)
      .catch((error) => {
        problem(error);
      })
      .then(async () => {
        of.training = undefined;
        if (run !== of || !(device || machine.kind === 'cpu')) return;
        say('paused');
        await of.testing;
        await Promise.all([evaluate(of), sendPicture(of)]).catch(problem);
      });
    of.training = { stop, ended };
    say('running');
  }

  async function prepare(config: Config, from?: Parameters) {
    const mine = ++generation;
    await pause();
    run?.net.destroy();
    run = undefined;
    say('preparing');
    try {
      const data = await library.load(config.data);
      const net = await makeNet(config);
      if (mine !== generation) {
        net.destroy();
        throw new StateError('another net was asked for meanwhile');
      }
      if (from) net.setParameters(from);
      const made: Run = {
        config,
        data,
        net,
        clock: createClock(),
        epochs: 0,
        lastPicture: 0,
        lastTest: { ended: 0, took: 0 },
      };
      run = made;
      const begin = await evaluate(made);
      await sendPicture(made);
      say('paused');
      const values = Object.values(await net.parameters()).map(({ data }) => data.length);
      const schedule = machine.kind === 'gpu' ? net.schedule : undefined;
      return {
        data: summaryOf(data),
        parameters: values.reduce((a, b) => a + b, 0),
        graph: print(net.graph),
        ...(schedule && { schedule: print(schedule), dispatches: schedule.steps.length }),
        start: begin,
      };
    } catch (error) {
      if (mine === generation && (device || machine.kind === 'cpu')) say('failed');
      throw error;
    }
  }

  return {
    async open(listener) {
      tell = listener;
      return open();
    },
    prepare: (config) => prepare(config),
    useFiles: async (files) => summaryOf(await library.take(files)),
    async start() {
      start(current());
    },
    pause,
    async step() {
      const of = current();
      await pause();
      await train(of, 1, new AbortController().signal);
      await Promise.all([evaluate(of), sendPicture(of)]);
    },
    async setLearningRate(learningRate) {
      current().net.learningRate = learningRate;
    },
    async sample(set, index) {
      const dataset = current().data[set];
      return { pixels: batch(dataset, [index]).x, label: dataset.targets.data[index] };
    },
    predict: (pixels) => current().net.predict(pixels),
    inspect: ({ pixels, label }) => current().net.tensors(pixels, [label]),
    async test() {
      const { net, data } = current();
      const step = net.steps;
      return { step, ...(await testOn(net, data.test)) };
    },
    check: () =>
      interrupt(async ({ net, data, config }) => {
        const { x, y } = batch(
          data.train,
          Array.from({ length: Math.min(config.batch, data.train.count) }, (_, i) => i),
        );
        return net.check(x, y).catch((error: unknown): Report => {
          if (error instanceof CheckError) return error.report;
          throw error;
        });
      }),
    profile: () =>
      interrupt(async ({ net, data }) => {
        if (!device) return undefined;
        return profile(device.gpu, async () => void (await net.fit(data.train, { steps: 10 })), 500);
      }),
    parameters: () => current().net.parameters(),
    setParameters: (parameters) =>
      interrupt(async (of) => {
        of.net.setParameters(parameters);
        await Promise.all([evaluate(of), sendPicture(of)]);
      }),
    async recover() {
      const before = run;
      const found = await open();
      if (before) await prepare(before.config, before.held?.parameters);
      return found;
    },
  };
}
