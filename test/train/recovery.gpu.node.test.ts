/** A fit that goes on after the loss of its device ends with the bits, and tells the results, of one without. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceLostError, NoAdapterError, NonFiniteError, StateError } from '../../src/base/errors.ts';
import { fromArrays } from '../../src/data/arrays.ts';
import { type Device, watch } from '../../src/engine/device.ts';
import {
  adam,
  type CompileOptions,
  compile,
  type Dataset,
  dense,
  dropout,
  type FitOptions,
  linear,
  momentum,
  observe,
  ones,
  reduceOnPlateau,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  type Tensor,
  type Trainer,
} from '../../src/index.node.ts';
import { platform } from '../../src/platform/platform.ts';
import { backoff } from '../../src/train/recovery.ts';
import { type Fault, type FaultyDevice, faulty } from '../support/faults.ts';
import '../support/harness.ts'; // its driver compiles faster

const data = fromArrays({
  x: Array.from({ length: 22 }, (_, i) => [i / 22, ((i * 7) % 11) / 11]),
  y: Array.from({ length: 22 }, (_, i) => i % 2),
});
/** How often a device is destroyed from outside, one after another. */
const losses = Number(process.env.RETROGRAD_LOSSES ?? 2);
/** Steps of an epoch, with batches of 4. */
const EPOCH = 6;

/** The devices of a test, in the order in which they were opened. */
let devices: (FaultyDevice & { readonly watched: Device })[] = [];
const unhandled: unknown[] = [];
const hear = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  Object.assign(backoff, { wait: 1, most: 30_000 });
  process.on('unhandledRejection', hear);
});
afterEach(async () => {
  await closeAll();
  process.off('unhandledRejection', hear);
});

/** Nothing is left of a net that is destroyed: no buffer on any device, and no rejection that nobody handles. */
async function closeAll(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const live = devices.map((device) => device.live);
  for (const { gpu } of devices) gpu.destroy();
  devices = [];
  expect({ live: live.filter(Boolean), unhandled: unhandled.splice(0) }).toEqual({ live: [], unhandled: [] });
}

/** A device with the first of these faults, and after its loss one with the next. */
async function open(faults: (Fault | undefined)[] = []): Promise<Device> {
  const adapter = await (await platform.gpu())!.requestAdapter();
  const fault = faults.shift();
  const made = faulty(await adapter!.requestDevice(), fault);
  const facts = { name: `device ${devices.length}`, vendor: '', architecture: '', software: true, subgroup: 0 };
  const watched = watch(made.gpu, facts, {
    hungAfter: fault?.as === 'never' ? 1000 : undefined,
    reopen: () => open(faults),
  });
  devices.push({
    ...{ gpu: made.gpu, calls: made.calls, watched },
    get live() {
      return made.live;
    },
  });
  return watched;
}

/** A driver compiles it for every device. */
const model = sequential([2], [dropout(0.3), dense(2)]);
const options = { batch: 4, loss: softmaxCrossEntropy(), tune: 'off', seed: 1 } as const;

interface Given {
  readonly compiled?: Partial<CompileOptions>;
  readonly faults?: readonly (Fault | undefined)[];
  readonly data?: Dataset;
  readonly prepare?: (net: Trainer) => unknown;
  readonly fitted?: (net: Trainer) => Partial<FitOptions>;
}

/** Four epochs of a net, and all that can be seen of them. */
async function train({ compiled, data: given = data, faults = [], prepare, fitted }: Given = {}) {
  const net = await compile(model, {
    ...{ ...options, device: await open([...faults]), accumulate: 2, optimizer: adam({ learningRate: 0.1 }) },
    ...compiled,
  });
  const [{ calls }] = devices;
  const before = calls.length;
  const recovered: number[] = [];
  try {
    await prepare?.(net);
    const results = await net.fit(given, {
      ...{ epochs: 4, millisecondsPerSubmit: 1e-6, recover: { snapshot: { steps: 4 } } },
      onRecover: ({ device, step }) => {
        expect([net.device, net.steps]).toEqual([device, step]);
        recovered.push(step);
      },
      ...fitted?.(net),
    });
    const plain = results.map(({ seconds: _, samplesPerSecond: _more, ...rest }) => rest);
    const after = calls.length;
    const bytes = Buffer.from(await net.save()).toString('base64');
    return { plain, bytes, recovered, calls: [...calls], before, after, opened: devices.length };
  } finally {
    net.destroy();
    await closeAll();
  }
}

type Trained = Awaited<ReturnType<typeof train>>;

/** The loss of a device at the call of a name that comes after a share of those of a fit. */
function lossAt({ calls, before }: Trained, name: string, share: number, as: Fault['as'] = 'loss'): Fault {
  const count = (some: Trained['calls']) => some.filter((call) => call.name === name).length;
  const [from, all] = [count(calls.slice(0, before)), count(calls)];
  return { name, at: from + Math.floor(share * (all - 1 - from)), as };
}

/** The loss of a device in the middle of the last of the longest runs of writes in a fit: those that put a net back. */
function goingBack({ calls, before }: Pick<Trained, 'calls' | 'before'>): Fault {
  const names = calls.map(({ name }) => name);
  const runs = [
    ...names
      .slice(before)
      .join(' ')
      .matchAll(/writeBuffer( (?!submit)\w+)*/g),
  ].map(([run]) => run);
  const writesIn = (text: string): number => text.split('writeBuffer').length - 1;
  const longest = Math.max(...runs.slice(1).map(writesIn));
  const last = runs.findLastIndex((run) => writesIn(run) === longest);
  const at =
    writesIn(names.slice(0, before).join(' ')) + runs.slice(0, last).reduce((sum, run) => sum + writesIn(run), 0);
  return { name: 'writeBuffer', at: at + 2, as: 'loss' };
}

/** Trains without a loss and then with one after another of these, in runs of their own. */
async function compare(given: Given, losses: readonly (readonly [string, number, Fault['as']])[]): Promise<void> {
  const sound = await train(given);
  for (const [name, share, as] of losses) {
    const fault = lossAt(sound, name, share, as);
    const found = await train({ ...given, faults: [fault] });
    expect([fault, found.recovered.length, found.plain, found.bytes]).toEqual([fault, 1, sound.plain, sound.bytes]);
  }
}

/** Four epochs without a loss and without more. */
let plainly: Promise<Trained> | undefined;
const sound = (): Promise<Trained> => {
  plainly ??= train();
  return plainly;
};

describe('fit with recover', () => {
  it('ends with the same bits wherever the device is lost, with epochs that do not wait', () =>
    compare({ fitted: () => ({ validation: data }) }, [
      ['submit', 0, 'loss'],
      ['mapAsync', 0.3, 'late loss'],
      ['onSubmittedWorkDone', 0.9, 'never'],
    ]));

  it('does with epochs that wait, and tells of each once', async () => {
    const told: number[] = [];
    const fitted = () => ({
      ...{ validation: data, keepBest: true, earlyStopping: { patience: 3 } },
      onEpoch: ({ epoch }: { epoch: number }) => void told.push(epoch),
    });
    await compare({ fitted }, [
      ['writeBuffer', 0.4, 'loss'],
      ['popErrorScope', 0.7, 'late loss'],
    ]);
    expect(told).toEqual(Array.from({ length: 3 }, () => [1, 2, 3, 4]).flat());
  });

  it('does with a stream of weighted samples, and a learning rate that watches epochs', () => {
    const weights = {
      kind: 'values' as const,
      size: 1,
      scale: 1,
      data: Float32Array.from({ length: 22 }, (_, i) => 1 + (i % 3)),
    };
    const weighted = { ...data, sampleWeights: weights };
    const optimizer = momentum({ learningRate: reduceOnPlateau({ from: 0.1, patience: 0, threshold: 0.1 }) });
    return compare({ compiled: { optimizer }, data: weighted, fitted: () => ({ maxBytes: 100 }) }, [
      ['writeBuffer', 0.7, 'loss'],
    ]);
  });

  it('does after the loss of one device after another, and of those that it goes back on', async () => {
    const next = { name: 'onSubmittedWorkDone', at: 6, as: 'loss' } as const;
    const building = { name: 'createComputePipelineAsync', at: 0, as: 'loss' } as const;
    const writing = { name: 'writeBuffer', at: 1, as: 'loss' } as const;
    const without = await sound();
    const first = lossAt(without, 'mapAsync', 0.5);
    const found = await train({ faults: [first, next, building, next, writing] });
    expect([found.recovered.length, found.opened]).toEqual([3, 6]);
    expect([found.plain, found.bytes]).toEqual([without.plain, without.bytes]);
  });

  it('sets a learning rate again that the caller has set since the snapshot', async () => {
    const fitted = (net: Trainer) => ({
      onEpoch: ({ epoch }: { epoch: number }) => {
        net.learningRate = 0.1 / (1 + epoch);
      },
      recover: { snapshot: { steps: 1000 } },
    });
    await compare({ fitted }, [['submit', 0.9, 'loss']]);
  });

  it('goes on from the weights that the net had before', async () => {
    const prepare = async (net: Trainer) => {
      await net.fit(data, { epochs: 1, millisecondsPerSubmit: 1e-6 }); // as many calls in every run
      await net.freeze(['*.bias']);
    };
    await compare({ prepare, compiled: { average: 0.9 } }, [['submit', 0.5, 'loss']]);
  });

  it('goes on after a loss between two fits, and so do those who observe the net', async () => {
    const between = async (work: (net: Trainer) => unknown) => {
      let seen: Record<string, Tensor> | undefined;
      const prepare = async (net: Trainer) => {
        const observer = await observe(net, [[0.5, 0.5]], ['z2']);
        await net.fit(data, { epochs: 1, recover: true });
        net.learningRate = 0.05;
        work(net);
        await net.fit(data, { steps: 2, recover: true });
        seen = await observer.read();
        observer.destroy();
      };
      const { plain, bytes } = await train({ compiled: { device: undefined }, prepare });
      return { plain, bytes, seen };
    };
    expect(await between((net) => net.device!.gpu.destroy())).toEqual(await between(() => {}));
  });

  it('says how far it was after a loss that it does not get over', async () => {
    const faults = [lossAt(await sound(), 'onSubmittedWorkDone', 0.5)];
    const error = await train({ faults, fitted: () => ({ recover: false }) }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'DeviceLostError', reason: 'unknown', lastStep: expect.any(Number) });
    expect((error as DeviceLostError).lastStep).toBeGreaterThan(2 * EPOCH - 3);
    expect((error as DeviceLostError).lastStep).toBeLessThan(2 * EPOCH + 3);
  });

  it('does not replace a device that its caller destroyed', async () => {
    const fit = train({ fitted: (net) => ({ onEpoch: () => net.device!.destroy() }) });
    await expect(fit).rejects.toMatchObject({ name: 'DeviceLostError', reason: 'destroyed', lastStep: EPOCH });
  });

  it(`replaces a device of its own that somebody destroys ${losses} times`, async () => {
    const recover = { attempts: 2 * losses, snapshot: { steps: 4 } };
    const epochs = losses + 2;
    const without = await train({ fitted: () => ({ epochs, recover }) });
    const faults = [lossAt(without, 'submit', 0)];
    let count = 0;
    const fitted = (net: Trainer) => ({
      ...{ epochs, recover },
      onEpoch: ({ epoch }: { epoch: number }) => void (epoch >= 2 && ++count <= losses && net.device!.gpu.destroy()),
    });
    const found = await train({ faults, fitted });
    expect([found.recovered.length, found.plain, found.bytes]).toEqual([1 + losses, without.plain, without.bytes]);
  });

  it('offers the snapshot where no device is to be had, after as many attempts', async () => {
    const device = await open([lossAt(await sound(), 'onSubmittedWorkDone', 0.8)]);
    let tried = 0;
    device.reopen = async () => {
      tried++;
      throw new NoAdapterError('blocked', { missing: 'adapter', advice: { elsewhere: [] } });
    };
    const given = { compiled: { device }, fitted: () => ({ recover: { attempts: 3, snapshot: { steps: 4 } } }) };
    const error = await train(given).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DeviceLostError);
    const { message, cause, snapshot } = error as DeviceLostError;
    expect([tried, message, cause]).toEqual([
      ...[3, expect.stringMatching(/3 attempts .* blocked.* no GPU until it is loaded again/)],
      expect.any(NoAdapterError),
    ]);
    const net = await compile(model, {
      ...{ ...options, device: 'cpu', accumulate: 2, optimizer: adam({ learningRate: 0.1 }) },
    });
    await net.load(snapshot!);
    expect(net.steps).toBeGreaterThanOrEqual(4);
    net.destroy();
  });

  it('ends at once where the caller gives up while it waits for a device', async () => {
    backoff.wait = 60_000;
    const abort = new AbortController();
    const device = await open([{ name: 'onSubmittedWorkDone', at: 6, as: 'loss' }]);
    device.reopen = async () => {
      setTimeout(() => abort.abort(new Error('enough')), 5);
      throw new NoAdapterError('none');
    };
    await expect(train({ compiled: { device }, fitted: () => ({ signal: abort.signal }) })).rejects.toThrow('enough');
  });

  it('ends at once where the caller gives up while a driver does not answer', async () => {
    const abort = new AbortController();
    const device = await open([{ name: 'onSubmittedWorkDone', at: 6, as: 'loss' }]);
    let late: () => void = () => {};
    device.reopen = async () => {
      setTimeout(() => abort.abort(new Error('enough')), 5);
      await new Promise<void>((resolve) => {
        late = resolve;
      });
      return open();
    };
    await expect(train({ compiled: { device }, fitted: () => ({ signal: abort.signal }) })).rejects.toThrow('enough');
    late();
    await expect.poll(() => devices.length).toBe(1);
    expect(await devices[0].gpu.lost).toMatchObject({ reason: 'destroyed' }); // nobody has it
  });

  it('waits for a device, but not for ever longer', async () => {
    backoff.most = 2;
    const device = await open([{ name: 'onSubmittedWorkDone', at: 6, as: 'loss' }]);
    device.reopen = async () => {
      throw new NoAdapterError('none', { missing: 'adapter' });
    };
    const given = { compiled: { device }, fitted: () => ({ recover: { attempts: 40, snapshot: { steps: 4 } } }) };
    await expect(train(given)).rejects.toThrow(/40 attempts/);
  });

  it('says that the device is lost where the snapshot is no net to load', async () => {
    const prepare = (net: Trainer) => {
      net.learningRate = 3e38;
      for (let i = 0; i < 6; i++) net.step([[1, 1]], [1]);
      net.learningRate = 0.1;
    };
    let calls: Trained['calls'] = [];
    const seen = (net: Trainer) => {
      calls = devices[0].calls as typeof calls;
      return prepare(net);
    };
    await expect(train({ prepare: seen })).rejects.toThrow(NonFiniteError);
    const device = await open([goingBack({ calls, before: calls.findIndex(({ name }) => name === 'mapAsync') })]);
    device.reopen = async () => {
      throw new NoAdapterError('none', { missing: 'adapter' });
    };
    const error = await train({ compiled: { device }, prepare }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DeviceLostError);
    expect((error as DeviceLostError).message).toMatch(/5 attempts .* none .*NaN or infinity/);
    expect(error).toMatchObject({ snapshot: undefined, lastStep: expect.any(Number) });
  });

  it('is done when it is, though its last snapshot fails', async () => {
    const without = await sound();
    const reads = without.calls.slice(0, without.after).filter(({ name }) => name === 'getMappedRange').length;
    const found = await train({ faults: [{ name: 'getMappedRange', at: reads - 1, as: 'nothing' }] });
    expect([found.recovered, found.plain, found.bytes]).toEqual([[], without.plain, without.bytes]);
  });

  it('goes on after a loss while it goes back for a step that it leaves out', async () => {
    const x = Float32Array.from({ length: 44 }, (_, i) => (i >= 24 && i < 32 ? 3e38 : i / 44));
    const bad = fromArrays({ x, y: Array.from({ length: 22 }, (_, i) => i % 2), shape: [2] });
    const given: Given = { data: bad, fitted: () => ({ onNonFinite: 'skip', shuffle: false, epochs: 2 }) };
    const without = await train(given);
    expect(without.plain.map(({ skipped }) => skipped)).toEqual([1, 1]);
    const found = await train({ ...given, faults: [goingBack(without)] });
    expect([found.recovered.length, found.plain, found.bytes]).toEqual([1, without.plain, without.bytes]);
  });

  it('keeps the rate that it went back for', async () => {
    const line = sequential([1], [dense(1, linear, { init: ones() })]);
    const units = fromArrays({ x: new Float32Array(400).fill(1), y: new Float32Array(400), shape: [1] });
    const ends = async (lose: boolean) => {
      const net = await compile(line, { ...options, batch: 1, loss: squared(), optimizer: sgd({ learningRate: 1.2 }) });
      const results = await net.fit(units, {
        ...{ epochs: 2, onNonFinite: 'rewind', recover: { snapshot: { steps: 1e6 } } },
        onEpoch: ({ epoch }) => void (lose && epoch === 1 && net.device!.gpu.destroy()),
      });
      const losses = results.map(({ trainLoss }) => trainLoss);
      const { data: bias } = (await net.parameters())['layers.0.bias'];
      net.destroy();
      return { rate: net.learningRate, losses, bias };
    };
    const without = await ends(false);
    expect(without.rate).toBe(0.3);
    expect(await ends(true)).toEqual(without);
  });

  it('takes a snapshot after every so many steps, however many there are in a submit', async () => {
    const given = { fitted: () => ({ epochs: 20, millisecondsPerSubmit: 1000 }) };
    const without = await train(given);
    const found = await train({ ...given, faults: [lossAt(without, 'submit', 0.95)] });
    expect(found.recovered[0]).toBeGreaterThan(30);
    expect(found.recovered.map((step) => step % 4)).toEqual([0]);
    expect(found.bytes).toBe(without.bytes);
  });

  it('leaves nothing behind where the net is destroyed while it waits for a device', async () => {
    let net: Trainer | undefined;
    const device = await open([{ name: 'onSubmittedWorkDone', at: 6, as: 'loss' }]);
    let lost: Promise<unknown> | undefined;
    device.reopen = async () => {
      const other = await open();
      lost = other.gpu.lost;
      net!.destroy();
      return other;
    };
    const fitted = (given: Trainer) => {
      net = given;
      return {};
    };
    await expect(train({ compiled: { device }, fitted })).rejects.toThrow(StateError);
    await lost;
  });
});
