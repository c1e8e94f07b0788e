/** A page that is hidden has its timers late or never: nothing of training, compiling or evaluating waits for one. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  type CompileProgress,
  compile,
  type Device,
  dense,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random } from '../support/nets.ts';

const data = fromArrays({ x: random(400, 1), y: Array.from({ length: 100 }, (_, i) => i % 3), shape: [4] });
const gpu = useGpu();

/** Everything that a page asks for while it trains. */
async function trained(device: Device | 'cpu') {
  const compiling: CompileProgress[] = [];
  const net = await compile(sequential([4], [dense(8, relu), dense(3)]), {
    ...{ device, batch: 10, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1 },
    onProgress: (progress) => void compiling.push(progress),
  });
  const told: number[] = [];
  const results = await net.fit(data, {
    ...{ epochs: 2, validation: data, millisecondsPerSubmit: 1, maxBytes: 400 },
    ...{ recover: { snapshot: { seconds: 1e-3 } }, onNonFinite: 'skip' },
    onProgress: () => {},
    onEpoch: ({ epoch }) => void told.push(epoch),
  });
  const plain = results.map(({ trainLoss, validation }) => ({ trainLoss, validation }));
  const rest = [await net.evaluate(data), await net.predict(random(4, 2))];
  const bits = await parameterBits(net);
  net.destroy();
  return { plain, told, rest, bits, compiled: compiling.length };
}

/** What a page that is hidden or frozen has late: not the answers of the device, nor messages. */
const timers = ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback'] as const;

describe.each([
  ['a GPU', () => gpu.device],
  ['the CPU', () => 'cpu' as const],
])('on %s', (_name, device) => {
  beforeEach(() => void vi.useFakeTimers({ toFake: timers.filter((name) => name in globalThis) }));
  afterEach(() => void vi.useRealTimers());

  test('a net trains with timers that never come', async () => {
    const hidden = await trained(device());
    vi.useRealTimers();
    expect(hidden).toEqual(await trained(device()));
    expect(hidden.told).toEqual([1, 2]);
    expect(hidden.compiled).toBeGreaterThan(1);
  });
});
