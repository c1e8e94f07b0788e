/** The lab behind the page, without a page: what it tells, what it holds, and what it does when calls overlap. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Config, fromHash, usual } from '../../demo/mnist/config.ts';
import { createLab } from '../../demo/mnist/lab/lab.ts';
import type { Curves, Lab, LabEvent, Prepared } from '../../demo/mnist/lab/protocol.ts';
import type { Shelf, Stored } from '../../demo/mnist/lab/shelf.ts';
import { asSafetensors, weightFileOf } from '../../demo/mnist/page/shared/weight-files.ts';
import { formatSafetensors, parseSafetensors } from '../../src/index.ts';

const config: Config = { ...usual, hidden: [{ kind: 'dense', units: 16, activation: 'sigmoid' }] };

const events: LabEvent[] = [];
const of = <K extends LabEvent['kind']>(kind: K) =>
  events.filter((event): event is Extract<LabEvent, { kind: K }> => event.kind === kind);
const statuses = () => of('status').map(({ status }) => status);
const steps = () => of('progress').map(({ progress }) => progress.step);

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 10) {
    if (waited > 60_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the lab', () => {
  let lab: Lab;
  let prepared: Prepared;
  beforeAll(async () => {
    lab = createLab();
    await lab.open((event) => void events.push(event));
    prepared = await lab.prepare(config);
  });
  afterAll(async () => {
    await lab.pause();
  });

  test('says what it prepared, tested before the first step', () => {
    expect(prepared).toMatchObject({ data: { name: 'digits', train: 10000, test: 2000 }, parameters: 12730 });
    expect(prepared.schedule).toContain('gemm');
    expect(prepared.start).toMatchObject({ step: 0, seconds: 0 });
    expect(prepared.start.accuracy).toBeLessThan(0.3);
    expect(statuses()).toEqual(['opening', 'preparing', 'paused']);
    expect(of('weights').at(-1)!.weights.shape).toEqual([16, 784]);
  });

  test('trains until paused, tells how it goes, and tests where it stopped', async () => {
    await lab.start();
    await until(() => (of('progress').at(-1)?.progress.epoch ?? 0) > 2);
    await lab.pause();
    expect(statuses().slice(-2)).toEqual(['running', 'paused']);
    expect(steps()).toEqual([...steps()].sort((a, b) => a - b));
    const { evaluated } = of('evaluated').at(-1)!;
    expect(evaluated.step).toBeGreaterThanOrEqual(steps().at(-1)!);
    expect(evaluated.accuracy).toBeGreaterThan(0.85);
    expect(evaluated.trainingAccuracy).toBeGreaterThan(0.85);
    expect(1000 * evaluated.trainingAccuracy!).toBeCloseTo(Math.round(1000 * evaluated.trainingAccuracy!), 3);
    const told = events.length;
    // It comes after whatever the device may still be at.
    await lab.predict((await lab.sample('test', 0)).pixels);
    expect(events.length).toBe(told);
  });

  test('takes one step', async () => {
    const before = of('evaluated').at(-1)!.evaluated.step;
    await lab.step();
    expect(of('evaluated').at(-1)!.evaluated.step).toBe(before + 1);
    expect(of('progress').at(-1)!.progress.step).toBe(before + 1);
  });

  test('a check and a look at the kernels interrupt training, which then goes on', async () => {
    await lab.start();
    const [report, profile] = await Promise.all([lab.check(), lab.profile()]);
    expect(report.ok).toBe(true);
    expect(report.tensors.map(({ tensor }) => tensor)).toContain('delta1');
    if (profile) expect(profile.kernels.length).toBeGreaterThan(3);
    const reached = steps().at(-1)!;
    await until(() => steps().at(-1)! > reached);
    expect(of('problem')).toEqual([]);
    await lab.pause();
  });

  test('a start waits for a step, and a pause for a check that would have started it again', async () => {
    await Promise.all([lab.step(), lab.start()]);
    const reached = steps().at(-1)!;
    await until(() => steps().at(-1)! > reached);
    await Promise.all([lab.check(), lab.pause()]);
    expect(statuses().at(-1)).toBe('paused');
    await Promise.all([lab.check(), lab.start(), lab.pause()]);
    expect(statuses().at(-1)).toBe('paused');
    expect(of('problem')).toEqual([]);
  });

  test('inspects one sample as the net is now, and changes nothing', async () => {
    const before = await lab.save();
    const { pixels, label } = await lab.sample('test', 3);
    const tensors = await lab.inspect({ pixels, label: label! });
    expect(tensors.z1.shape).toEqual([16, 1]);
    expect(tensors.slope1.data[0]).toBeCloseTo(tensors.a1.data[0] * (1 - tensors.a1.data[0]), 6);
    const probabilities = await lab.predict(pixels);
    for (const [i, p] of probabilities.entries()) {
      expect(tensors.delta2.data[i]).toBeCloseTo(p - Number(i === label), 5);
    }
    expect(await lab.save()).toEqual(before);
  });

  test('tells what it computes of the image that is watched, at once and after each step', async () => {
    const { pixels } = await lab.sample('test', 5);
    await lab.watch(pixels);
    expect(of('activity').at(-1)!.tensors.prediction.data).toEqual(await lab.predict(pixels));
    const told = of('activity').length;
    await lab.step();
    expect(of('activity').length).toBe(told + 1);
    const { a1, W2, prediction } = of('activity').at(-1)!.tensors;
    expect([a1.shape, W2.shape]).toEqual([
      [16, 1],
      [10, 16],
    ]);
    expect(prediction.data).toEqual(await lab.predict(pixels));
  });

  test('counts what it gets wrong', async () => {
    const { confusion, accuracy, count, mistakes, examples } = await lab.test();
    for (const [label, row] of examples.entries()) {
      for (const [guess, indices] of row.entries()) {
        expect(indices).toHaveLength(Math.min(12, confusion[label][guess]));
        if (indices.length === 0) continue;
        const { pixels, label: found } = await lab.sample('test', indices[0]);
        const outputs = await lab.predict(pixels);
        expect([found, outputs.indexOf(Math.max(...outputs))]).toEqual([label, guess]);
      }
    }
    const all = confusion.flat().reduce((a, b) => a + b);
    const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
    expect([all, count]).toEqual([2000, 2000]);
    expect(accuracy).toBeCloseTo(right / all, 12);
    expect(accuracy).toBeCloseTo(of('evaluated').at(-1)!.evaluated.accuracy, 12);
    for (const { index, label, guess } of mistakes) {
      expect(guess).not.toBe(label);
      expect((await lab.sample('test', index)).label).toBe(label);
    }
    const convinced = mistakes.map(({ guessProbability }) => guessProbability);
    expect(convinced).toEqual([...convinced].sort((a, b) => b - a));
  });

  test('of two nets asked for at once the last one comes, and the first says so', async () => {
    await lab.start();
    const first = lab.prepare({ ...config, seed: 2 });
    const second = lab.prepare({ ...config, seed: 3, hidden: [] });
    await expect(first).rejects.toThrow(/another network was requested/);
    expect((await second).parameters).toBe(7850);
    expect(statuses().at(-1)).toBe('paused');
  });

  test('weights taken out and put back give the same predictions', async () => {
    const weights = new Blob([await lab.save()]);
    const { pixels } = await lab.sample('test', 0);
    const before = await lab.predict(pixels);
    await lab.start();
    await until(() => of('progress').length > 0 && statuses().at(-1) === 'running');
    await lab.step();
    expect(await lab.predict(pixels)).not.toEqual(before);
    await lab.load(weights);
    expect(await lab.predict(pixels)).toEqual(before);
    for (const [format, name] of [
      ['onnx', 'a.onnx'],
      ['pytorch', 'a.zip'],
    ] as const) {
      const file = new File([await weightFileOf(await lab.save(format === 'pytorch'), format)], name);
      await lab.step();
      expect(await lab.predict(pixels)).not.toEqual(before);
      await lab.load(await asSafetensors(file, () => lab.save()));
      expect(await lab.predict(pixels)).toEqual(before);
    }
    const idx = new File([Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 7)], 'labels');
    await expect(lab.load(idx)).rejects.toThrow(/^labels is an IDX file of 2 labels. Load data/);
    const none = new Blob([formatSafetensors({})]);
    await expect(lab.load(none)).rejects.toThrow(/layers.0.weight: missing/);
  });

  test('a net that went to infinity trains again from good weights', async () => {
    await lab.prepare(config);
    const weights = new Blob([await lab.save()]);
    await lab.setLearningRate(1e38);
    const told = events.length;
    await lab.start();
    await until(() => events.slice(told).some((event) => event.kind === 'problem' && event.name === 'NonFiniteError'));
    await until(() => statuses().at(-1) === 'paused');
    const { step } = of('evaluated').at(-1)!.evaluated;
    await lab.load(weights);
    expect(of('evaluated').at(-1)!.evaluated.step).toBe(step);
    await lab.setLearningRate(0.005);
    const problems = of('problem').length;
    await lab.start();
    await until(() => (of('evaluated').at(-1)?.evaluated.accuracy ?? 0) > 0.8);
    await lab.pause();
    expect(of('problem')).toHaveLength(problems);
  });

  test('trains a net with convolutions and dropout on some of the samples, and pictures its first filters and maps', async () => {
    const { pixels } = await lab.sample('test', 5);
    await lab.watch(pixels);
    const text = '#hidden=maxpool2,conv3x5s2:relu,dropout0.5,skip1,batchnorm,12:tanh&samples=100';
    const { data, parameters } = await lab.prepare(fromHash(text));
    // conv 3·(5·5 + 1), γ, β, mean and variance of 3 channels, 12·(3·5·5 + 1), 10·(12 + 1)
    expect([data.train, parameters]).toEqual([100, 78 + 12 + 912 + 130]);
    await lab.step();
    expect(of('weights').at(-1)!.weights.shape).toEqual([3, 25]);
    const { tensors } = of('activity').at(-1)!;
    const shapes = Object.entries(tensors).map(([name, { shape }]) => `${name} ${shape}`);
    expect(shapes).toEqual([
      ...['a1 1,14,14,1', 'a2 3,5,5,1', 'a4 3,5,5,1', 'a5 3,5,5,1', 'a6 12,1', 'W6 12,75', 'W7 10,12'],
      'prediction 10,1',
    ]);
    expect(tensors.prediction.data).toEqual(await lab.predict(pixels));
    expect((await lab.check()).ok).toBe(true);
    await expect(lab.load(new Blob([formatSafetensors({})]))).rejects.toThrow(/layers.1.weight: missing/);
  });

  test('data that do not come hold up no other net', async () => {
    const elsewhere = createLab('http://localhost/mnist');
    const told: string[] = [];
    await elsewhere.open((event) => void (event.kind === 'status' && told.push(event.status)));
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    const first = elsewhere.prepare({ ...config, data: 'mnist' });
    await until(() => told.includes('preparing'));
    const second = elsewhere.prepare(config);
    vi.unstubAllGlobals();
    await expect(first).rejects.toThrow(/another network was requested/);
    expect((await second).data.name).toBe('digits');
    expect(told).toEqual(['opening', 'preparing', 'preparing', 'paused']);
  });
});

/** As IndexedDB keeps things, in memory. */
function memoryShelf() {
  const runs = new Map<string, Stored['run']>();
  const files = new Map<string, unknown>();
  const shelf: Shelf = {
    list: async () => [...runs.values()].sort((a, b) => a.at - b.at),
    file: async (id) => files.get(id),
    write: async ({ run, file }) => {
      runs.set(run.id, structuredClone(run));
      if (file) files.set(run.id, structuredClone(file));
    },
    remove: async (id) => {
      for (const records of [runs, files]) records.delete(id);
    },
  };
  return { runs, files, shelf };
}

describe('a lab with a shelf', () => {
  const { runs, files, shelf } = memoryShelf();
  // 34 steps make an epoch; masks and running statistics go on as well.
  const adam = fromHash('#hidden=16:sigmoid,batchnorm,dropout0.2&batch=300');
  const visit = async () => {
    const told: LabEvent[] = [];
    const lab = createLab(undefined, shelf);
    await lab.open((event) => void told.push(event));
    return { lab, told };
  };
  const curvesOf = (told: readonly LabEvent[]): Curves => ({
    losses: told.flatMap((event) => (event.kind === 'progress' ? event.progress : [])),
    evaluations: told.flatMap((event) => (event.kind === 'evaluated' ? event.evaluated : [])),
  });
  const stepOf = (told: readonly LabEvent[]) => curvesOf(told).evaluations.at(-1)!.step;
  const forgetAll = () => {
    runs.clear();
    files.clear();
  };

  test('goes on with the run that an earlier visit kept, bit by bit, also in the middle of an epoch', async () => {
    const first = await visit();
    await first.lab.prepare(adam);
    await first.lab.keep(curvesOf(first.told));
    expect(runs.size).toBe(0); // nothing was trained
    await first.lab.start();
    await until(() => stepOf(first.told) > 40);
    await first.lab.keep(curvesOf(first.told)); // while it trains
    await first.lab.pause();
    const reached = stepOf(first.told);

    const second = await visit();
    const { start, run } = await second.lab.prepare(adam, true);
    expect(start.step).toBeGreaterThan(40);
    expect(start.step).toBeLessThanOrEqual(reached);
    expect(runs.has(run.id)).toBe(true);
    const restored = second.told.find((event) => event.kind === 'restored')!.curves;
    expect(restored.evaluations.at(-1)!.step).toBe(start.step);
    expect(Math.max(...restored.losses.map(({ step }) => step))).toBeLessThanOrEqual(start.step);
    for (let step = start.step; step < reached; step++) await second.lab.step();
    for (const { lab } of [first, second]) await lab.step();
    const progress = [first, second].map(({ told }) => curvesOf(told).losses.at(-1)!);
    expect(progress[1]).toMatchObject({ step: reached + 1, epoch: progress[0].epoch });
    expect(progress[1].stepOfEpoch).toBe(progress[0].stepOfEpoch);
    const [weights, same] = [await first.lab.save(), await second.lab.save()];
    expect(parseSafetensors(same).tensors).toEqual(parseSafetensors(weights).tensors);
    for (const { lab } of [first, second]) await lab.pause();
  });

  test('begins another run if it is not asked to go on, and the one before stays to be opened', async () => {
    const [id] = runs.keys();
    const { lab, told } = await visit();
    const { run, start } = await lab.prepare(adam);
    expect([start.step, run.id === id]).toEqual([0, false]);
    expect((await lab.runs()).map((of) => of.goesOn)).toEqual([false]);
    const again = await visit();
    expect((await again.lab.prepare(adam, true)).start.step).toBe(0);
    await lab.step();
    await lab.keep(curvesOf(told));
    expect((await lab.runs()).map((of) => [of.id === id, of.goesOn])).toEqual([
      [true, false],
      [false, true],
    ]);
    const opened = await again.lab.prepare(adam, id);
    expect(opened.run.id).toBe(id);
    expect(opened.start.step).toBeGreaterThan(40);
    await again.lab.forget(id);
    expect((await lab.runs()).map((of) => of.id)).toEqual([run.id]);
    expect((await again.lab.prepare(adam, id)).start.step).toBe(0);
    forgetAll();
  });

  test('goes on from weights that came from a file as well, with counts that go on', async () => {
    const { lab, told } = await visit();
    await lab.prepare(adam);
    const weights = new Blob([await lab.save()]);
    for (let i = 0; i < 3; i++) await lab.step();
    await lab.load(weights);
    await lab.step();
    await lab.keep(curvesOf(told));
    const second = await visit();
    expect((await second.lab.prepare(adam, true)).start.step).toBe(4);
    for (const { lab: of } of [{ lab }, second]) await of.step();
    expect(await second.lab.save()).toEqual(await lab.save());
    expect(stepOf(second.told)).toBe(5);
    forgetAll();
  });

  test('is as it was where no net takes the place of what is kept', async () => {
    const { lab, told } = await visit();
    await lab.prepare(config);
    await lab.step();
    await lab.keep(curvesOf(told));
    const kept = new Map(runs);
    expect(kept.size).toBe(1);
    const another = createLab(undefined, shelf);
    await another.open(
      (event) => event.kind === 'preparing' && event.preparing.phase === 'test' && void another.cancel(),
    );
    await expect(another.prepare(config)).rejects.toThrow(/cancelled/);
    expect(runs).toEqual(kept);
  });

  test.each([
    ['damaged', () => Uint8Array.of(1, 2, 3)],
    ['of another net', () => formatSafetensors({})],
    ['no file', () => 'weights'],
    ['gone', () => undefined],
  ])('begins afresh where what was kept is %s', async (_, spoilt) => {
    const [id] = runs.keys();
    files.set(id, spoilt());
    const { lab, told } = await visit();
    const { start, run } = await lab.prepare(config, true);
    expect([start.step, run.id === id]).toEqual([0, false]);
    expect(told.some(({ kind }) => kind === 'restored')).toBe(false);
    runs.set(id, { ...runs.get(id)!, goesOn: true } as never);
  });

  test('trains where nothing can be kept, and says so', async () => {
    const full = async () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    const lab = createLab(undefined, { list: full, file: full, write: full, remove: full });
    const told: LabEvent[] = [];
    await lab.open((event) => void told.push(event));
    await lab.prepare(config, true);
    await lab.step();
    await expect(lab.keep(curvesOf(told))).rejects.toThrow('no room');
    await lab.step();
    expect(stepOf(told)).toBe(2);
    expect((await lab.prepare(config)).start.step).toBe(0);
  });
});

describe('what is being prepared', () => {
  const visit = async () => {
    const told: LabEvent[] = [];
    let hear: (event: LabEvent) => void = () => {};
    const lab = createLab();
    await lab.open((event) => {
      told.push(event);
      hear(event);
    });
    const phases = () => new Set(told.flatMap((event) => (event.kind === 'preparing' ? event.preparing.phase : [])));
    const on = (heard: typeof hear) => {
      hear = heard;
    };
    return { lab, told, phases, on };
  };

  test('tells how far it is, up to the first test', async () => {
    const { lab, told, phases } = await visit();
    await lab.prepare(config);
    expect(phases()).toEqual(new Set(['pipelines', 'weights', 'test']));
    for (const event of told) {
      if (event.kind === 'preparing') expect(event.preparing.done).toBeLessThanOrEqual(event.preparing.total);
    }
  });

  test.each(['pipelines', 'weights', 'test'] as const)(
    'can be given up among its %s, and made again',
    async (phase) => {
      const { lab, told, on } = await visit();
      on((event) => event.kind === 'preparing' && event.preparing.phase === phase && void lab.cancel());
      await expect(lab.prepare({ ...config, seed: 9 })).rejects.toThrow(/cancelled/);
      const ended = told.length;
      expect(told.at(-1)).toEqual({ kind: 'status', status: 'cancelled' });
      await expect(lab.step()).rejects.toThrow(/no net/);
      on(() => {});
      expect(told.length).toBe(ended);
      expect((await lab.prepare(config)).start.step).toBe(0);
      await lab.cancel(); // of nothing
      await lab.step();
    },
  );
});
