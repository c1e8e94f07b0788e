/**
 * Training on a device that fails at one call: every call of `compile`, two epochs with a validation, and a save. Whatever fails,
 * the result is the right one or an error of the library, nothing hangs, no rejection is left unhandled, and all buffers are
 * freed. It tries each way in which a call may fail once, at calls from the first to the last; RETROGRAD_FAULTS=100 tries
 * each a hundred times.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetrogradError } from '../../src/base/errors.ts';
import { fromArrays } from '../../src/data/arrays.ts';
import { watch } from '../../src/engine/device.ts';
import { compile, dense, momentum, sequential, softmaxCrossEntropy } from '../../src/index.node.ts';
import { platform } from '../../src/platform/platform.ts';
import { type Call, type Fault, type FaultyDevice, faulty } from '../support/faults.ts';
import '../support/harness.ts'; // its driver compiles faster

const data = fromArrays({
  x: Array.from({ length: 11 }, (_, i) => [i / 11, ((i * 7) % 11) / 11]),
  y: Array.from({ length: 11 }, (_, i) => i % 2),
});
const facts = { name: 'faulty', vendor: '', architecture: '', software: true, subgroup: 0 };
/** Without an answer for so long, a device hangs. */
const HUNG_AFTER = 300;
/** Far beyond what the work takes, even on a loaded machine. */
const HANGS = 20_000;

const unhandled: unknown[] = [];
const hear = (reason: unknown) => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', hear));
afterAll(() => void process.off('unhandledRejection', hear));

interface Outcome {
  readonly bytes?: Uint8Array;
  readonly error?: unknown;
  readonly device: FaultyDevice;
}

async function train(fault?: Fault): Promise<Outcome> {
  const adapter = await (await platform.gpu())!.requestAdapter();
  const gpu = await adapter!.requestDevice();
  const device = faulty(gpu, fault);
  const watched = watch(device.gpu, facts, { hungAfter: fault?.as === 'never' ? HUNG_AFTER : undefined });
  const work = async (): Promise<Uint8Array> => {
    const net = await compile(sequential([2], [dense(2)]), {
      ...{ device: watched, batch: 4, loss: softmaxCrossEntropy(), tune: 'off', seed: 1 },
      optimizer: momentum({ learningRate: 0.1 }),
    });
    try {
      await net.fit(data, { epochs: 2, validation: data });
      return await net.save();
    } finally {
      net.destroy();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('hangs')), HANGS);
  });
  try {
    return { bytes: await Promise.race([work(), hung]), device };
  } catch (error) {
    return { error, device };
  } finally {
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, 5)); // for rejections that nobody handles
    gpu.destroy();
  }
}

/** Each failure of each call, so many times: the calls of a name from the first to the last, and its failures in turn. */
function chosen(calls: readonly Call[]): Fault[] {
  const byName = new Map<string, Call[]>();
  for (const call of calls) byName.set(call.name, [...(byName.get(call.name) ?? []), call]);
  const times = Number(process.env.RETROGRAD_FAULTS ?? 1);
  return [...byName].flatMap(
    ([
      name,
      {
        length,
        0: { failures },
      },
    ]) => {
      if (times >= length) return failures.flatMap((as) => Array.from({ length }, (_, at) => ({ name, at, as })));
      const count = times * failures.length;
      return Array.from({ length: count }, (_, i) => ({
        ...{ name, at: Math.round((i * (length - 1)) / (count - 1)) },
        as: failures[i % failures.length],
      }));
    },
  );
}

describe('a device that fails at one call', () => {
  it('gives the right result or an error of the library, and leaves nothing behind', async () => {
    const sound = await train();
    expect(sound.error).toBeUndefined();
    expect(sound.device.live).toBe(0);
    const faults = chosen(sound.device.calls);
    const wrong: string[] = [];
    for (const fault of faults) {
      unhandled.length = 0;
      const { bytes, error, device } = await train(fault);
      const said = (what: string) => wrong.push(`${fault.name} ${fault.at}, ${fault.as}: ${what}`);
      if (bytes && Buffer.compare(bytes, sound.bytes!) !== 0) said('another result');
      if (error && !(error instanceof RetrogradError)) said(`${error}`);
      const kind = fault.as.endsWith('loss') ? 'DeviceLostError' : fault.as === 'never' && 'DeviceHungError';
      if (kind && error && (error as Error).name !== kind) said(`${error}`);
      if (unhandled.length > 0) said(`unhandled: ${unhandled[0]}`);
      if (device.live > 0) said(`${device.live} buffers left`);
    }
    console.info(`${faults.length} faults at ${sound.device.calls.length} calls`);
    expect(wrong).toEqual([]);
  }, 3_600_000);
});
