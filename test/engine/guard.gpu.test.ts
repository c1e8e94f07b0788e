/** What a device refuses is told, typed, to the net that asked for it and to no other, and no result is made up in its place. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { profile } from '../../src/bench/profile.ts';
import { wrap } from '../../src/bench/wrap.ts';
import { fromArrays } from '../../src/data/index.ts';
import { stepRow } from '../../src/graph/step-row.ts';
import {
  type CompileOptions,
  compile,
  type Device,
  dense,
  openDevice,
  RetrogradError,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  type Trainer,
} from '../../src/index.node.ts';
import { compiledOf } from '../../src/train/compiled.ts';
import { openTrial } from '../../src/tune/trial.ts';
import { random } from '../support/nets.ts';
import { refuse } from '../support/refuse.ts';

const [count, batch] = [40, 8];
const y = Array.from({ length: count }, (_, i) => i % 3);
const data = fromArrays({ x: random(4 * count, 1), y, shape: [4], name: 'points' });
const [x, labels] = [random(4 * batch, 2), [0, 1, 2, 0, 1, 2, 0, 1]];

let device: Device;
beforeAll(async () => {
  device = await openDevice();
});
afterAll(() => {
  device?.assertAlive();
  device?.destroy();
});

/** A small one runs whole steps in one dispatch, a large one kernel after kernel. */
const models = {
  small: sequential([4], [dense(6, sigmoid), dense(3)]),
  large: sequential([4], [dense(64, relu), dense(64, relu), dense(3)]),
};
const make = (model = models.small, options: Partial<CompileOptions> = {}): Promise<Trainer> =>
  compile(model, {
    device,
    batch,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    tune: 'off',
    ...options,
  });

/** How a call ends while the device refuses something. */
async function ending(call: () => Promise<unknown>, what: Parameters<typeof refuse>[1]): Promise<unknown> {
  const allow = refuse(device.gpu, what);
  try {
    return await call().catch((error: unknown) => error);
  } finally {
    allow();
  }
}

/** That call rejects with a typed error that says this, and the device has no other to tell. */
async function expectRefusal(found: unknown, says: RegExp): Promise<void> {
  expect(found).toBeInstanceOf(RetrogradError);
  expect((found as Error).message).toMatch(says);
  await device.gpu.queue.onSubmittedWorkDone();
  device.assertAlive();
}

describe('a read whose copy is refused rejects, and names what was read', () => {
  const calls: Record<string, [call: (net: Trainer) => Promise<unknown>, says: RegExp]> = {
    loss: [(net) => net.loss(), /refused to read losses and 1 more: /],
    tensor: [(net) => net.tensor('delta1'), /refused to read delta1: /],
    tensors: [(net) => net.tensors(x, labels), /refused to read \w+( and \d+ more)?: /],
    parameters: [(net) => net.parameters(), /refused to read W1 and \d+ more: /],
    gradients: [(net) => net.gradients(x, labels), /refused to read \w+( and \d+ more)?: /],
    evaluate: [(net) => net.evaluate(data), /refused to read \w+( and \d+ more)?: /],
    predict: [(net) => net.predict(x), /refused to read \w+( and \d+ more)?: /],
    check: [(net) => net.check(x, labels), /refused to read \w+( and \d+ more)?: /],
    save: [(net) => net.save(), /refused to read W1 and \d+ more: /],
    fit: [(net) => net.fit(data, { epochs: 1 }), /refused to read \w+( and \d+ more)?: /],
    'fit, of its progress': [
      (net) => net.fit(data, { epochs: 1, millisecondsPerSubmit: 1e-6, onProgress: () => {} }),
      /refused to read \w+( and \d+ more)?: /,
    ],
  };
  test.each(Object.entries(calls))('%s', async (_name, [call, says]) => {
    const net = await make();
    // Something else lies where the result comes to.
    net.step(x, labels);
    await call(net);
    net.step(x, labels);
    await expectRefusal(await ending(() => call(net), 'reads'), says);
    await call(net);
    net.destroy();
  });

  test('a trial of forms', async () => {
    const net = await make(models.large);
    const step = net.schedule.dispatches.find(({ form }) => form)!;
    const launch = { pipeline: await device.pipeline(step.shader, step.label), workgroups: step.workgroups };
    const trial = await openTrial(device, net.graph, step, launch);
    await trial.fault(launch);
    await expectRefusal(await ending(() => trial.fault(launch), 'reads'), /refused to read \w+( and \d+ more)?: /);
    await expectRefusal(await ending(() => trial.time(), 'runs'), /refused a trial: /);
    expect(await trial.fault(launch)).toBeUndefined();
    trial.destroy();
    net.destroy();
  });

  test('the timestamps of kernels', async ({ skip }) => {
    if (!device.gpu.features.has('timestamp-query')) skip();
    const net = await make();
    const run = async () => net.step(x, labels);
    await expectRefusal(await ending(() => profile(device.gpu, run, 1), 'reads'), /refused to read timestamps: /);
    net.destroy();
  });
});

describe.each(Object.entries(models))('steps that are refused, of a %s net', (_size, model) => {
  test('reject the fit that asked for them and are not counted; another net on the device goes on', async () => {
    const [mine, other] = [await make(model), await make(model)];
    for (const net of [mine, other]) await net.fit(data, { epochs: 1 });
    const before = await mine.parameters();
    const theirs = other.fit(data, { epochs: 40, millisecondsPerSubmit: 1e-6 });
    await new Promise((resolve) => setTimeout(resolve));
    // What is encoded in one turn of the event loop is of this fit alone: its first steps, a few promises later.
    const allow = refuse(device.gpu, 'runs');
    const found = mine.fit(data, { epochs: 1 }).catch((error) => error);
    for (let turn = 0; turn < 100 && mine.steps === 5; turn++) await undefined;
    allow();
    await expectRefusal(await found, /refused to run \d+ steps?: /);
    expect(mine.steps).toBe(5);
    expect(mine.updates).toBe(5);
    expect(await mine.parameters()).toEqual(before);
    expect(await theirs).toHaveLength(40);
    expect(other.steps).toBe(205);
    // And the net is as good as before.
    expect(await mine.fit(data, { epochs: 1 })).toHaveLength(1);
    expect(mine.steps).toBe(10);
    for (const net of [mine, other]) net.destroy();
  });

  test('of `step` are told by the next call of that net, and are not counted', async () => {
    const [mine, other] = [await make(model), await make(model)];
    for (const net of [mine, other]) net.step(x, labels);
    const next: Record<string, () => unknown> = {
      loss: () => mine.loss(),
      step: () => mine.step(x, labels),
      predict: () => mine.predict(x),
      evaluate: () => mine.evaluate(data),
      setParameters: () => mine.setParameters(parameters),
      fit: () => mine.fit(data, { epochs: 1 }),
    };
    const parameters = await mine.parameters();
    for (const [name, call] of Object.entries(next)) {
      const allow = refuse(device.gpu, 'runs');
      mine.step(x, labels);
      allow();
      await device.gpu.queue.onSubmittedWorkDone();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await other.loss()).toBeGreaterThan(0);
      const found = await new Promise((resolve) => resolve(call())).catch((error) => error);
      await expectRefusal(found, /refused to run 1 step: /);
      expect(mine.steps, name).toBe(1);
    }
    expect(await mine.parameters()).toEqual(parameters);
    for (const net of [mine, other]) net.destroy();
  });
});

test.each([false, true])(
  'refused steps are nobody’s any more where their engine is destroyed: %s',
  async (destroyed) => {
    const net = await make();
    const { session } = compiledOf(net, 'test');
    const refused = vi.fn();
    const allow = refuse(device.gpu, 'runs');
    session.engine.run([{ programs: [session.program], rows: [stepRow({ columns: 8 })] }], refused);
    allow();
    if (destroyed) net.destroy();
    await device.gpu.queue.onSubmittedWorkDone();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(refused).toHaveBeenCalledTimes(destroyed ? 0 : 1);
    net.destroy();
  },
);

test('a write that is refused is told before a result is made of what was there before', async () => {
  const [net, other] = [await make(), await make()];
  const given = await net.parameters();
  await net.fit(data, { epochs: 1 });
  const setting = async () => {
    net.setParameters(given);
    return net.predict(x);
  };
  await expectRefusal(await ending(setting, 'writes'), /refused to write W1: /);
  expect(await other.predict(x)).toHaveLength(3 * batch);
  for (const each of [net, other]) each.destroy();
});

test('samples, weights and rates that are refused reject the call that sends them, and are never taken for sent', async () => {
  const net = await make();
  const file = await net.save();
  const fit = () => net.fit(data, { epochs: 1 });
  await expectRefusal(await ending(fit, 'writes'), /refused to write xData: /);
  expect(net.steps).toBe(0);
  const [first] = (await fit()) as { trainLoss: number }[];
  const same = await make();
  expect(first.trainLoss).toBe((await same.fit(data, { epochs: 1 }))[0].trainLoss);
  // The samples lie there now: what is written is the rates, and the steps are run without.
  await expectRefusal(await ending(fit, 'writes'), /refused to write flags: /);
  await expectRefusal(await ending(fit, 'writes but flags'), /refused to write the learning rates of a submit/);
  expect(net.steps).toBeGreaterThan(5);
  await expectRefusal(await ending(() => net.load(file), 'writes'), /refused to write W1: /);
  await net.load(file);
  expect(await fit()).toMatchObject([{ trainLoss: first.trainLoss }]);
  await expectRefusal(await ending(() => make(), 'writes'), /refused to write W1: /);
  for (const each of [net, same]) each.destroy();
});

test('a check that fails midway takes its step back', async () => {
  const net = await make();
  await net.fit(data, { epochs: 1 });
  const before = await net.parameters();
  let allow = () => {};
  const undo = wrap(device.gpu, 'createCommandEncoder', (create) => (...options) => {
    const encoder: GPUCommandEncoder = create(...options);
    // Reads are refused from the step on.
    wrap(encoder, 'beginComputePass', (begin) => (...pass) => {
      allow = refuse(device.gpu, 'reads');
      return begin(...pass);
    });
    return encoder;
  });
  const found = await net.check(x, labels).catch((error) => error);
  allow();
  undo();
  await expectRefusal(found, /refused to read \w+( and \d+ more)?: /);
  expect(await net.parameters()).toEqual(before);
  net.destroy();
});

test('one refusal is told once, however many calls of the device it follows from', async () => {
  const net = await make();
  net.step(x, labels);
  await expectRefusal(await ending(() => net.save(), 'reads'), /refused to read W1 and \d+ more: /);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await net.save()).length).toBeGreaterThan(0);
  net.destroy();
});

test('a step of `fit` that is checked and refused is not counted either', async () => {
  const net = await make(models.small, { check: { every: 1 } });
  await net.fit(data, { epochs: 1 });
  await expectRefusal(await ending(() => net.fit(data, { epochs: 1 }), 'runs'), /refused to run 1 step/);
  expect(net.steps).toBe(5);
  net.destroy();
});
