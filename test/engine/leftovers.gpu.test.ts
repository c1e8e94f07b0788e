/** What whole steps leave in their arena is found there, whatever runs, is refused, or goes meanwhile. */
import { expect, test } from 'vitest';
import { wrap } from '../../src/bench/wrap.ts';
import { fromArrays } from '../../src/data/index.ts';
import { leftovers, verdictOn } from '../../src/engine/leftovers.ts';
import {
  compile,
  dense,
  type FitOptions,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';
import { refuse } from '../support/refuse.ts';

const gpu = useGpu();
const [batch, classes] = [4, 3];
const points = (stream: number) => fromArrays({ x: random(2 * batch, stream), y: [0, 1, 2, 1], classes });
const data = points(1);
const make = (): Promise<Trainer> =>
  compile(sequential([2], [dense(5, tanh), dense(classes)]), {
    ...{ device: gpu.device, batch, loss: softmaxCrossEntropy(), seed: 1, tune: 'off' },
    optimizer: sgd({ learningRate: 0.3 }),
  });

/** Trains with a dispatch per kernel. */
async function plainly(fit: () => Promise<unknown>): Promise<void> {
  const { faults } = gpu.device;
  faults.set('whole steps', 'not in this test');
  await fit();
  faults.delete('whole steps');
}

const names = ['x', 'y', 'z1', 'a1', 'delta1', 'dW1', 'db2', 'losses', 'W1', 'b2'];
const tensors = async (net: Trainer) =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await net.tensor(name)).data])));

test('every tensor of the last step can be read, and a step of another kind finds and leaves its own', async () => {
  const [net, plain] = [await make(), await make()];
  const fit = async (options: FitOptions) => {
    await net.fit(data, options);
    await plainly(() => plain.fit(data, options));
    expect(await tensors(net)).toEqual(await tensors(plain));
  };
  for (let round = 0; round < 2; round++) {
    await fit({ epochs: 5 });
    for (const each of [net, plain]) each.step(random(2 * batch, 5 + round), [2, 1, 0, 0]);
    expect(await tensors(net)).toEqual(await tensors(plain));
    await fit({ epochs: 2, validation: points(2) });
  }
  for (const each of [net, plain]) each.destroy();
});

test('they outlive the data set of the last step, which gives way to others', async () => {
  const net = await make();
  await net.fit(data, { epochs: 3 });
  const before = await tensors(net);
  for (let stream = 10; stream < 20; stream++) await net.evaluate(points(stream));
  expect(await tensors(net)).toEqual(before);
  net.destroy();
});

test('a refused run leaves those of the run before', async () => {
  const net = await make();
  const run = {
    whole: () => net.fit(data, { epochs: 2 }),
    kernels: async () => {
      net.step(random(2 * batch, 7), [1, 1, 0, 2]);
      await net.parameters();
    },
  };
  for (const [done, refused] of [
    ['whole', 'whole'],
    ['whole', 'kernels'],
    ['kernels', 'whole'],
    ['kernels', 'kernels'],
  ] as const) {
    await run.whole();
    await run[done]();
    const { x, y, ...before } = await tensors(net); // x and y are written for a step, which is refused afterwards
    const allow = refuse(gpu.device.gpu, 'runs');
    await expect(run[refused](), `${done}, ${refused}`).rejects.toThrow(/refused to run/);
    allow();
    expect(await tensors(net), `${done}, ${refused}`).toMatchObject(before);
  }
  net.destroy();
});

test('a submit copies back only what the next one starts from', async () => {
  const net = await make();
  const options = { validation: points(2), onEpoch: () => {} };
  await net.fit(data, { ...options, epochs: 10 });
  const copies: string[] = [];
  const restore = wrap(gpu.device.gpu, 'createCommandEncoder', (create) => (...args) => {
    const encoder: GPUCommandEncoder = create(...args);
    wrap(encoder, 'copyBufferToBuffer', (copy) => (from: GPUBuffer, at, to: GPUBuffer, ...rest) => {
      copies.push([from, to].map(({ label }) => label).join(' -> '));
      return copy(from, at, to, ...rest);
    });
    return encoder;
  });
  await net.fit(data, { ...options, epochs: 1 });
  restore();
  const all = ['W1', 'b1', 'W2', 'b2', 'lossTotal', 'lossTotal', 'correctTotal'];
  const flagged = net.schedule.dispatches.flatMap(({ flag }) => flag ?? []);
  const expected = [
    ...all.flatMap((name) => [`${name} -> arena`, `arena -> ${name}`]),
    ...['lossTotal', 'lossTotal', 'correctTotal', ...flagged].map((name) => `${name} -> staging`),
  ];
  expect(copies.sort()).toEqual(expected.sort());
  net.destroy();
});

test('of several runs on one arena each may be refused', () => {
  const buffer = (label: string) => ({ label, size: 16 }) as GPUBuffer;
  const [arena, other, tensor] = ['arena', 'other', 'tensor'].map(buffer);
  const encoder = { copyBufferToBuffer: () => {} } as unknown as GPUCommandEncoder;
  const left = leftovers();
  const where = () => left.locate({ from: tensor, at: 4, bytes: 4 });
  const slots = [{ buffer: tensor, offset: 64 }];
  const [first, second] = [left.leave(arena, slots), left.leave(arena, slots)];
  expect(where()).toEqual({ from: arena, at: 68, bytes: 4 });
  first(false);
  expect(where().from).toBe(arena); // where the second run left it
  second(false);
  expect(where().from).toBe(tensor);
  left.leave(arena, slots);
  const run = (to?: GPUBuffer) => {
    const brought = left.bring(encoder, [tensor], to);
    return to ? verdictOn([brought, left.leave(to, slots)]) : brought;
  };
  for (const to of [other, arena, undefined]) {
    const [third, fourth] = [run(to), run(to)];
    expect(where().from).toBe(to ?? tensor);
    third(false);
    expect(where().from).toBe(to ?? tensor); // where the fourth run left it
    fourth(false);
    expect(where().from).toBe(arena);
  }
  const tooLate = left.bring(encoder, [tensor]);
  left.overwritten([tensor]);
  tooLate(false);
  expect(where().from).toBe(tensor);
});

test('what was accepted is never gone back behind', () => {
  const buffer = (label: string) => ({ label, size: 16 }) as GPUBuffer;
  const [arena, other, tensor] = ['arena', 'other', 'tensor'].map(buffer);
  const left = leftovers();
  const slots = [{ buffer: tensor, offset: 0 }];
  const [first, second, third] = [arena, other, arena].map((to) => left.leave(to, slots));
  second(true);
  first(false);
  third(false);
  expect(left.locate({ from: tensor, at: 0, bytes: 4 }).from).toBe(other);
});
