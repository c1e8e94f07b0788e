/** Metrics of the validations of a fit, and the best epoch by one of them. */
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../src/data/index.ts';
import {
  adam,
  auc,
  type CompileOptions,
  compile,
  confusion,
  type Device,
  dense,
  meanAbsoluteError,
  meanSquared,
  precisionRecallF1,
  rSquared,
  sequential,
  softmaxCrossEntropy,
  tanh,
} from '../../src/index.node.ts';
import { useGpu } from '../support/harness.ts';
import { random } from '../support/nets.ts';

const gpu = useGpu();
const n = 60;
const x = random(2 * n, 1);
const at = (i: number): number => x[2 * i] * x[2 * i + 1];
const label = (i: number): number => Number(at(i) > 0) + Number(at(i) > 0.4);
const classes = fromArrays({ x, y: Array.from({ length: n }, (_, i) => label(i)), classes: 3, shape: [2] });
const values = fromArrays({ x, y: Array.from({ length: n }, (_, i) => [at(i)]), shape: [2] });
const metrics = [precisionRecallF1(), confusion(), auc()] as const;

describe.each(['GPU', 'CPU'])('%s', (kind) => {
  const make = (more: Partial<CompileOptions> = {}, outputs = 3) => {
    const device: Device | 'cpu' = kind === 'CPU' ? 'cpu' : gpu.device;
    const optimizer = adam({ learningRate: 0.05 });
    const options = {
      device,
      batch: 8,
      loss: softmaxCrossEntropy(),
      optimizer,
      seed: 1,
      tune: 'off',
      ...more,
    } as const;
    return compile(sequential([2], [dense(8, tanh), dense(outputs)]), options);
  };

  test('validations that run ahead have the metrics of evaluations one by one', async () => {
    const [ahead, stepwise] = [await make(), await make()];
    const totals = await ahead.fit(classes, {
      epochs: 4,
      validation: classes,
      metrics: [precisionRecallF1(), confusion()],
    });
    const history = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      await stepwise.fit(classes, { epochs: 1 });
      history.push(await stepwise.evaluate(classes, { metrics }));
    }
    expect(totals.map(({ validation }) => validation.metrics.confusion)).toEqual(
      history.map((found) => found.metrics.confusion),
    );
    expect(totals.map(({ validation }) => validation.metrics.f1)).toEqual(history.map((found) => found.metrics.f1));
    expect(new Set(history.map((found) => found.metrics.f1)).size).toBeGreaterThan(1);
    // Every prediction is kept, for one evaluation at a time; another one may run beside the fit.
    const beside: Promise<unknown>[] = [];
    const onProgress = () => void beside.push(ahead.evaluate(classes, { metrics: [auc()] }));
    const next = await ahead.fit(classes, { epochs: 2, validation: classes, metrics: [auc()], onProgress });
    await Promise.all(beside);
    expect(beside.length).toBeGreaterThan(0);
    await stepwise.fit(classes, { epochs: 1 });
    const fifth = await stepwise.evaluate(classes, { metrics });
    expect(next[0].validation.metrics.auc).toBe(fifth.metrics.auc);
    ahead.destroy();
    stepwise.destroy();
  });

  test('the best epoch is the one with the highest F1, also where the fit was saved and goes on', async () => {
    const options = { validation: classes, metrics: [precisionRecallF1()], metric: 'f1', keepBest: true } as const;
    const [whole, first, second] = [await make(), await make(), await make()];
    const history = await whole.fit(classes, { ...options, epochs: 6 });
    const scores = history.map(({ validation }) => validation.metrics.f1);
    expect(history[5].best).toBe(1 + scores.indexOf(Math.max(...scores)));
    expect((await whole.evaluate(classes, options.metrics && { metrics: options.metrics })).metrics.f1).toBe(
      Math.max(...scores),
    );
    const stop = new AbortController();
    const aborted = first.fit(classes, {
      ...options,
      epochs: 6,
      signal: stop.signal,
      onEpoch: ({ epoch }) => epoch === 4 && stop.abort(),
    });
    await expect(aborted).rejects.toThrow();
    const file = await first.save();
    expect(new TextDecoder().decode(file)).toContain('precisionRecallF1().f1');
    await second.load(file);
    const rest = await second.fit(classes, { ...options, epochs: 2 });
    expect(rest[1].best).toBe(history[5].best - 4);
    expect(await second.parameters()).toEqual(await whole.parameters());
    for (const net of [whole, first, second]) net.destroy();
  });

  test('of errors the lowest is best', async () => {
    const net = await make({ loss: meanSquared() }, 1);
    const options = {
      epochs: 5,
      validation: values,
      metrics: [meanAbsoluteError(), rSquared()],
      keepBest: true,
    } as const;
    const history = await net.fit(values, { ...options, metric: 'meanAbsoluteError' });
    const errors = history.map(({ validation }) => validation.metrics.meanAbsoluteError);
    expect(history[4].best).toBe(1 + errors.indexOf(Math.min(...errors)));
    const after = await net.evaluate(values, { metrics: options.metrics });
    expect(after.metrics.meanAbsoluteError).toBe(Math.min(...errors));
    net.destroy();
  });

  test('a number that no metric gives cannot decide', async () => {
    const net = await make();
    const fit = (options: object) => net.fit(classes, { epochs: 1, ...options });
    const message = "metric must be 'loss', 'accuracy', 'auc' or 'exactMatch', found \"f1\"";
    await expect(fit({ validation: classes, metrics: [auc()], metric: 'f1' })).rejects.toThrow(message);
    await expect(fit({ metrics: [auc()] })).rejects.toThrow('metrics need a validation set, found none');
    await expect(fit({ validation: classes, metrics: [rSquared()] })).rejects.toThrow('rSquared() needs values');
    net.destroy();
  });
});
