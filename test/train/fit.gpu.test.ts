/** What a compiled net does with data sets, on the GPU and on the CPU: every sample once, exact means, the same bits again. */
import { describe, expect, test, vi } from 'vitest';
import { type Dataset, fromArrays } from '../../src/data/index.ts';
import {
  ArgumentError,
  type CompileOptions,
  compile,
  type Device,
  dense,
  type EpochResult,
  linear,
  NonFiniteError,
  ones,
  type Progress,
  relu,
  StateError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  squared,
  type Tensor,
  type Trainer,
  tanh,
  zeros,
} from '../../src/index.node.ts';
import { compiledOf } from '../../src/train/compiled.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, stateBits } from '../support/nets.ts';

/** 45 samples for a 4-6-3 net in batches of 8: the last batch of an epoch holds 5. */
const [count, batch] = [45, 8];
const model = sequential([4], [dense(6, tanh), dense(3)]);
const labels = Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % 3);
const data = fromArrays({ x: random(4 * count, 1), y: labels, shape: [4], name: 'points' });

/** Probabilities of the classes, in f64: p = softmax(W² tanh(W¹ x + b¹) + b²). */
function plainPrediction(theta: ArrayLike<number>[], x: ArrayLike<number>): number[] {
  const affine = (W: ArrayLike<number>, b: ArrayLike<number>, a: number[]) =>
    Array.from(b, (bi, i) => a.reduce((sum, ak, k) => sum + W[i * a.length + k] * ak, bi));
  const z = affine(theta[2], theta[3], affine(theta[0], theta[1], Array.from(x)).map(Math.tanh));
  const e = z.map(Math.exp);
  return e.map((value) => value / e.reduce((a, b) => a + b));
}

const sampleOf = ({ inputs }: Dataset, i: number) => inputs.data.subarray(4 * i, 4 * i + 4);
const plainLosses = (theta: ArrayLike<number>[]): number[] =>
  labels.map((label, i) => -Math.log(plainPrediction(theta, sampleOf(data, i))[label]));
const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
const valuesOf = (parameters: Record<string, Tensor>): Float32Array[] =>
  Object.values(parameters).map(({ data }) => data);

function behaviour(title: string, device: () => Device | 'cpu'): void {
  describe(title, () => {
    const make = (options: Partial<CompileOptions> = {}, net = model): Promise<Trainer> =>
      compile(net, {
        device: device(),
        batch,
        loss: softmaxCrossEntropy(),
        optimizer: sgd({ learningRate: 0.3, momentum: 0.5 }),
        seed: 4,
        ...options,
      });

    test.each([true, false])('an epoch sees every sample exactly once, shuffled: %s', async (shuffle) => {
      // Sample i is the unit vector eᵢ with target 1, all weights are 0: a batch moves the weights of its own samples, from
      // 0 to 2η (1 − b), and the bias b it has in common with all others. So equal weights tell who shared a batch.
      const [n, eta] = [23, 2 ** -10];
      const x = Array.from({ length: n }, (_, i) => Float32Array.from({ length: n }, (_, k) => Number(i === k)));
      const oneEach = fromArrays({ x, y: new Float32Array(n).fill(1) });
      const net = await compile(sequential([n], [dense(1, linear, { init: zeros() })]), {
        device: device(),
        batch: 5,
        loss: squared({ reduction: 'sum' }),
        optimizer: sgd({ learningRate: eta }),
      });
      const start = await net.parameters();
      /** The samples of each batch of an epoch, in the order of the batches. */
      const epoch = async (): Promise<number[][]> => {
        net.setParameters(start);
        await net.fit(oneEach, { epochs: 1, shuffle });
        const w = [...(await net.parameters())['layers.0.weight'].data];
        // A sample seen twice would be near 2, one never seen 0.
        for (const value of w) expect(value / (2 * eta)).toBeCloseTo(1, 0.5);
        // The bias grows, so later batches have smaller weights.
        const values = [...new Set(w)].sort((a, b) => b - a);
        return values.map((value) => w.flatMap((other, i) => (other === value ? [i] : [])));
      };
      const [first, second] = [await epoch(), await epoch()];
      for (const batches of [first, second]) expect(batches.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
      const inTurn = Array.from({ length: n }, (_, i) => i);
      if (shuffle) expect(new Set([first, second, [inTurn]].map((batches) => batches.flat().join())).size).toBe(3);
      else expect([first.flat(), second.flat()]).toEqual([inTurn, inTurn]);
      net.destroy();
    });

    test.each(['mean', 'sum'] as const)(
      'losses are means per sample under reduction %s, ragged batch included',
      async (reduction) => {
        const net = await make({ loss: softmaxCrossEntropy({ reduction }), optimizer: sgd({ learningRate: 0 }) });
        const expected = mean(plainLosses(valuesOf(await net.parameters())));
        const [{ trainLoss, validation, ...rest }] = await net.fit(data, { epochs: 1, validation: data });
        expect(trainLoss / expected).toBeCloseTo(1, 6);
        expect(validation!.loss / expected).toBeCloseTo(1, 6);
        expect(validation!.count).toBe(count);
        expect(rest).toMatchObject({ epoch: 1, samplesPerSecond: count / rest.seconds });
        expect(net.steps).toBe(6);
        net.destroy();
      },
    );

    test('accuracy is the share of samples whose largest prediction is their label', async () => {
      const net = await make();
      await net.fit(data, { epochs: 2 });
      const predicted = await net.predict(data.inputs.data);
      const argmax = (row: Float32Array) => row.indexOf(Math.max(...row));
      const right = labels.filter((label, i) => argmax(predicted.subarray(3 * i, 3 * i + 3)) === label).length;
      expect(right).toBeGreaterThan(0);
      expect(right).toBeLessThan(count);
      const { accuracy, count: counted } = await net.evaluate(data);
      expect(counted).toBe(count);
      expect(accuracy).toBeCloseTo(right / count, 6);
      net.destroy();
    });

    test('predict takes any number of samples, below, at and above the batch', async () => {
      const net = await make();
      const theta = valuesOf(await net.parameters());
      const all = await net.predict(data.inputs.data);
      expect(all).toHaveLength(3 * count);
      for (let i = 0; i < count; i++) {
        plainPrediction(theta, sampleOf(data, i)).forEach((p, k) => void expect(all[3 * i + k]).toBeCloseTo(p, 6));
      }
      for (const n of [1, 7, 8, 9, 17]) {
        expect(await net.predict(data.inputs.data.subarray(0, 4 * n)), `${n} samples`).toEqual(all.subarray(0, 3 * n));
      }
      net.destroy();
    });

    test('evaluate, predict and gradients change no bit of a net', async () => {
      const net = await make();
      await net.fit(data, { epochs: 1 });
      const before = await stateBits(net);
      const [x, y] = [data.inputs.data.subarray(0, 20), labels.slice(0, 5)];
      const evaluation = await net.evaluate(data);
      await net.predict(x);
      const gradients = await net.gradients(x, y);
      expect(await stateBits(net)).toEqual(before);
      expect(await net.evaluate(data)).toEqual(evaluation);
      expect(await net.gradients(x, y)).toEqual(gradients);
      expect(net.steps).toBe(6);
      net.destroy();
    });

    test('gradients are the slopes of the loss, by central differences in f64', async () => {
      const net = await make();
      const n = 5; // of a batch of 8
      const gradients = valuesOf(await net.gradients(data.inputs.data.subarray(0, 4 * n), labels.slice(0, n)));
      const theta = valuesOf(await net.parameters()).map((values) => Float64Array.from(values));
      const lossAt = () => mean(plainLosses(theta).slice(0, n));
      const h = 1e-5;
      gradients.forEach((gradient, t) => {
        gradient.forEach((slope, i) => {
          const at = theta[t][i];
          theta[t][i] = at + h;
          const above = lossAt();
          theta[t][i] = at - h;
          const difference = (above - lossAt()) / (2 * h);
          theta[t][i] = at;
          expect(slope, `parameter ${t}, element ${i}`).toBeCloseTo(difference, 6);
        });
      });
      net.destroy();
    });

    test('a seed gives the same bits again, another seed others', async () => {
      const train = async (seed: number) => {
        const net = await make({ seed });
        const start = await parameterBits(net);
        const history = await net.fit(data, { epochs: 2 });
        const bits = await stateBits(net);
        net.destroy();
        return { start, bits, losses: history.map(({ trainLoss }) => trainLoss) };
      };
      const [first, again, other] = [await train(1), await train(1), await train(2)];
      expect(again).toEqual(first);
      expect(other.start['layers.0.weight']).not.toEqual(first.start['layers.0.weight']);
      expect(other.bits.W1).not.toEqual(first.bits.W1);
    });

    test('how steps are grouped into submits changes no bit', async () => {
      const train = async (millisecondsPerSubmit: number, check?: { every: number }) => {
        const net = await make({ check });
        await net.fit(data, { epochs: 3, millisecondsPerSubmit });
        const bits = await stateBits(net);
        net.destroy();
        return bits;
      };
      const [oneByOne, together, stopped] = [await train(1e-6), await train(1e6), await train(1e6, { every: 3 })];
      expect(together).toEqual(oneByOne);
      expect(stopped).toEqual(oneByOne);
    });

    test('an epoch of fit is its batches, stepped one after another', async () => {
      const [fitted, stepped] = [await make(), await make()];
      await fitted.fit(data, { epochs: 1, shuffle: false });
      for (let i = 0; i < count; i += batch) {
        stepped.step(data.inputs.data.subarray(4 * i, 4 * (i + batch)), labels.slice(i, i + batch));
      }
      expect(await parameterBits(stepped)).toEqual(await parameterBits(fitted));
      fitted.destroy();
      stepped.destroy();
    });

    test('the learning rate can be changed while fit runs', async () => {
      const [stopped, short] = [await make(), await make()];
      const onEpoch = () => {
        stopped.learningRate = 0;
      };
      await stopped.fit(data, { epochs: 3, onEpoch });
      await short.fit(data, { epochs: 1 });
      expect(stopped.learningRate).toBe(0);
      expect(await parameterBits(stopped)).toEqual(await parameterBits(short));
      stopped.destroy();
      short.destroy();
    });

    test('onProgress and onEpoch say where training stands', async () => {
      // A clock that moves on by 200 ms whenever someone looks: there is a report wherever there may be one.
      let time = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        time += 200;
        return time;
      });
      const net = await make({ optimizer: sgd({ learningRate: 0 }) });
      const losses = plainLosses(valuesOf(await net.parameters()));
      const seen: Progress[] = [];
      const results: EpochResult[] = [];
      const history = await net.fit(data, {
        epochs: 3,
        shuffle: false,
        onProgress: (progress) => void seen.push(progress),
        onEpoch: (result) => void results.push(result),
      });
      clock.mockRestore();
      expect(results).toEqual(history);
      expect(results.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
      expect(new Set(seen.map(({ epoch }) => epoch))).toEqual(new Set([1, 2, 3]));
      expect(seen.length).toBeGreaterThan(3);
      for (const epoch of [1, 2, 3]) expect(seen.findLast((progress) => progress.epoch === epoch)!.step).toBe(6);
      const places = seen.map(({ epoch, step }) => 6 * (epoch - 1) + step);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      for (const progress of seen) {
        const { epoch, step, loss, samplesPerSecond, secondsLeft } = progress;
        expect(progress).toMatchObject({ epochs: 3, steps: 6 });
        const samples = Math.min(batch * step, count);
        expect(loss).toBeCloseTo(mean(losses.slice(0, samples)), 5);
        expect(samplesPerSecond).toBeGreaterThan(0);
        expect(secondsLeft).toBeCloseTo((3 * count - (count * (epoch - 1) + samples)) / samplesPerSecond, 9);
      }
      net.destroy();
    });

    const usable = async (net: Trainer): Promise<void> => {
      net.step(data.inputs.data.subarray(0, 4), labels.slice(0, 1));
      const [{ trainLoss }] = await net.fit(data, { epochs: 1 });
      expect(trainLoss).toBeGreaterThan(0);
      expect((await net.evaluate(data)).count).toBe(count);
    };

    test.each(['onProgress', 'onEpoch'])('what %s throws rejects fit, and the net stays usable', async (callback) => {
      const net = await make();
      const mistake = new RangeError('my own');
      const thrower = () => {
        throw mistake;
      };
      await expect(net.fit(data, { epochs: 2, [callback]: thrower })).rejects.toBe(mistake);
      expect(net.steps).toBeLessThanOrEqual(6);
      await usable(net);
      net.destroy();
    });

    test('a signal stops fit in the middle of an epoch, and the net stays usable', async () => {
      const long = fromArrays({ x: random(4 * 4000, 3), y: Array.from({ length: 4000 }, (_, i) => i % 3), shape: [4] });
      const net = await make();
      const controller = new AbortController();
      const reason = new Error('enough');
      const fit = net.fit(long, {
        epochs: 2,
        millisecondsPerSubmit: 1e-6,
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      });
      await expect(fit).rejects.toBe(reason);
      expect(net.steps).toBeGreaterThan(0);
      expect(net.steps).toBeLessThan(500);
      await usable(net);
      const steps = net.steps;
      await expect(net.fit(data, { epochs: 1, signal: controller.signal })).rejects.toBe(reason);
      expect(net.steps).toBe(steps);
      net.destroy();
    });

    test('a signal stops an evaluation, but what an epoch came to is told before it stops the next one', async () => {
      const net = await make();
      const reason = new Error('enough');
      await expect(net.evaluate(data, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      const onProgress = ({ step, steps }: Progress) => {
        if (step === steps) controller.abort(reason); // told when the steps of the epoch are done
      };
      const told: EpochResult[] = [];
      const onEpoch = (result: EpochResult) => void told.push(result);
      const options = { epochs: 2, validation: data, signal: controller.signal, onProgress, onEpoch };
      await expect(net.fit(data, options)).rejects.toBe(reason);
      expect(told.map(({ epoch, validation }) => [epoch, validation!.count])).toEqual([[1, count]]);
      expect(net.steps).toBe(6);
      await usable(net);
      net.destroy();
    });

    test('fit goes on where the last one left off: so many steps, an abort, the rest of the epochs', async () => {
      const [whole, parts] = [await make(), await make()];
      const history = await whole.fit(data, { epochs: 3 });
      const seen: Progress[] = [];
      const onProgress = (progress: Progress) => void seen.push(progress);
      expect(await parts.fit(data, { steps: 4, onProgress })).toEqual([]);
      expect(parts.steps).toBe(4);
      expect(seen.at(-1)).toMatchObject({ epoch: 1, epochs: 1, step: 4, steps: 6, secondsLeft: 0 });
      await parts.check(data.inputs.data.subarray(0, 4), labels.slice(0, 1));
      const [second] = await parts.fit(data, { steps: 5, onProgress });
      expect(seen.at(-1)).toMatchObject({ epoch: 2, epochs: 2, step: 3, steps: 6 });
      expect(second).toMatchObject({ epoch: 1, trainLoss: history[0].trainLoss });
      const rest = await parts.fit(data, { epochs: 2 });
      expect(rest.map(({ trainLoss }) => trainLoss)).toEqual(history.slice(1).map(({ trainLoss }) => trainLoss));
      expect(parts.steps).toBe(18);
      expect(await parameterBits(parts)).toEqual(await parameterBits(whole));
      whole.destroy();
      parts.destroy();
    });

    test('an aborted epoch is gone on with, but not after a step of your own or on other data', async () => {
      const others = fromArrays({ x: data.inputs.data as Float32Array, y: [...labels], shape: [4] });
      const last = async (net: Trainer, dataset = data) => {
        const seen: Progress[] = [];
        await net.fit(dataset, { steps: 1, onProgress: (progress) => void seen.push(progress) });
        return seen.at(-1)!.step;
      };
      const net = await make();
      const aborted = net.fit(data, { epochs: 1, signal: AbortSignal.abort() });
      await expect(aborted).rejects.toThrow(/abort/);
      expect(await last(net)).toBe(1);
      expect(await last(net)).toBe(2);
      net.step(data.inputs.data.subarray(0, 4), labels.slice(0, 1));
      expect(await last(net)).toBe(1);
      expect(await last(net)).toBe(2);
      expect(await last(net, others)).toBe(1);
      await expect(net.fit(data, { epochs: 1, steps: 1 })).rejects.toThrow(/expected epochs or steps, found both/);
      await expect(net.fit(data, { steps: 0 })).rejects.toThrow(/fit: steps must be a positive integer/);
      await expect(net.fit(data, {})).rejects.toThrow(/fit: epochs must be a positive integer/);
      net.destroy();
    });

    test('tensors gives what a step would have computed, σ′ as well, and changes nothing', async () => {
      const net = await make();
      const [x, y] = [data.inputs.data.subarray(0, 12), labels.slice(0, 3)];
      const before = await parameterBits(net);
      const found = await net.tensors(x, y);
      const predicted = await net.predict(x);
      expect(found.prediction.shape).toEqual([3, 3]);
      found.prediction.data.forEach(
        (p, i) => void expect(p).toBeCloseTo(predicted[(i % 3) * 3 + Math.floor(i / 3)], 6),
      );
      expect(net.steps).toBe(0);
      expect(await parameterBits(net)).toEqual(before);
      net.step(x, y);
      for (const name of ['x', 'y', 'z1', 'a1', 'delta1', 'z2', 'delta2', 'losses']) {
        const { shape, data: values } = await net.tensor(name);
        expect(found[name].shape, name).toEqual([shape[0], 3]);
        const columns = Array.from(values).filter((_, i) => i % shape[1] < 3);
        expect(Array.from(found[name].data), name).toEqual(columns);
      }
      for (const name of ['dW1', 'db1', 'dW2', 'db2']) expect(found[name], name).toEqual(await net.tensor(name));
      expect(Object.keys(found)).toContain('W1');
      expect(Object.keys(found)).not.toContain('lossTotal');
      const { slope1, a1, da1, delta1 } = found;
      expect(slope1.shape).toEqual(a1.shape);
      expect(da1.shape).toEqual(a1.shape);
      for (const [i, slope] of slope1.data.entries()) {
        expect(slope).toBeCloseTo(1 - a1.data[i] ** 2, 6);
        expect(da1.data[i] * slope).toBeCloseTo(delta1.data[i], 6);
      }
      expect(delta1.data.some((error) => Math.abs(error) > 1e-3)).toBe(true);
      net.destroy();
    });

    test('after a loss that was no number, good weights train again, in an epoch of their own', async () => {
      const net = await make({ optimizer: sgd({ learningRate: 0.1 }) });
      const good = await net.parameters();
      for (const options of [{ epochs: 3 }, { steps: 4 }]) {
        net.learningRate = 1e38;
        await expect(net.fit(data, options)).rejects.toThrow(NonFiniteError);
        net.setParameters(good);
        net.learningRate = 0.1;
        const before = net.steps;
        const [{ trainLoss }] = await net.fit(data, { epochs: 1 });
        expect(net.steps).toBe(before + 6);
        expect(trainLoss).toBeLessThan(3);
      }
      net.destroy();
    });

    test('while fit runs evaluate waits for no one, and what would change the net is refused', async () => {
      const net = await make();
      const parameters = await net.parameters();
      const [x, y] = [data.inputs.data.subarray(0, 4), labels.slice(0, 1)];
      const fit = net.fit(data, { epochs: 2 });
      expect(() => net.step(x, y)).toThrow(StateError);
      expect(() => net.setParameters(parameters)).toThrow(/setParameters: fit is still running/);
      await expect(net.fit(data, { epochs: 1 })).rejects.toThrow(StateError);
      await expect(net.check(x, y)).rejects.toThrow(StateError);
      expect((await net.evaluate(data)).count).toBe(count);
      expect(await net.predict(x)).toHaveLength(3);
      expect(await fit).toHaveLength(2);
      await usable(net);
      net.destroy();
    });

    test('fit and evaluate at once make one program that evaluates, and see what each would alone', async () => {
      const alone = await make();
      const expected = await alone.fit(data, { epochs: 2, validation: data });
      const net = await make();
      const { engine } = compiledOf(net, 'test').session;
      const { program } = engine;
      let evaluators = 0;
      vi.spyOn(engine, 'program').mockImplementation(async (graph, options) => {
        const isEvaluator = graph.nodes.some(({ name }) => name === 'correctTotal');
        if (isEvaluator) {
          evaluators++;
          await new Promise((resolve) => setTimeout(resolve, 100)); // as long as a compilation may take
        }
        return program.call(engine, graph, options);
      });
      const [fit, beside] = [net.fit(data, { epochs: 2, validation: data }), net.evaluate(data)];
      expect((await beside).count).toBe(count);
      expect((await fit).map(({ validation }) => validation)).toEqual(expected.map(({ validation }) => validation));
      expect(evaluators).toBe(1);
      alone.destroy();
      net.destroy();
    });

    test('a learning rate far too high ends in NonFiniteError, naming the step and a tensor', async () => {
      const net = await make({ optimizer: sgd({ learningRate: 1e38 }) });
      const start = await net.parameters();
      const failed = net.fit(data, { epochs: 3 });
      await expect(failed).rejects.toThrow(NonFiniteError);
      await expect(failed).rejects.toThrow(
        /^Step [1-9] made NaN or infinity of .*; after step \d+ (the first tensor .* is \w+|no tensor holds one)\. Try a lower learning rate/,
      );
      net.setParameters(start);
      net.learningRate = 0.1;
      await usable(net);
      net.destroy();
    });

    test('a weight of −∞ ends in NonFiniteError, although ReLU makes 0 of it and the loss is a number', async () => {
      const [huge, tiny] = [Float32Array.of(1e30), Float32Array.of(1e-30)];
      const net = await compile(
        sequential([1], [dense(1, relu, { init: ones() }), dense(1, linear, { init: ones() })]),
        {
          device: device(),
          batch: 1,
          loss: squared(),
          optimizer: sgd({ learningRate: 1e10 }),
        },
      );
      // x = 10³⁰ and w = 10⁻³⁰, so a = 1. The first step takes w to −∞, and everything else to numbers that f32 holds.
      net.setParameters({ ...(await net.parameters()), 'layers.0.weight': { shape: [1, 1], data: tiny } });
      const twice = fromArrays({ x: [huge, huge], y: new Float32Array(2), shape: [1] });
      const failed = net.fit(twice, { epochs: 1 });
      await expect(failed).rejects.toThrow(NonFiniteError);
      await expect(failed).rejects.toMatchObject({
        step: 1,
        tensor: 'W1',
        element: [0, 0],
        value: Number.NEGATIVE_INFINITY,
      });
      net.destroy();
    });

    test('setParameters takes back what parameters gave', async () => {
      const [trained, fresh] = [await make(), await make({ seed: 5 })];
      await trained.fit(data, { epochs: 1 });
      expect(await parameterBits(fresh)).not.toEqual(await parameterBits(trained));
      fresh.setParameters(await trained.parameters());
      expect(await parameterBits(fresh)).toEqual(await parameterBits(trained));
      expect(await fresh.evaluate(data)).toEqual(await trained.evaluate(data));
      trained.destroy();
      fresh.destroy();
    });

    test('keep names the tensors to read, and training is the same without the others', async () => {
      const [all, few] = [await make(), await make({ keep: ['delta1'] })];
      const [x, y] = [data.inputs.data.subarray(0, 20), labels.slice(0, 5)];
      for (const net of [all, few]) {
        net.step(x, y);
        net.step(x, y);
      }
      expect(await few.tensor('delta1')).toEqual(await all.tensor('delta1'));
      expect(await few.loss()).toBe(await all.loss());
      expect(await parameterBits(few)).toEqual(await parameterBits(all));
      await expect(few.tensor('a1')).rejects.toThrow(/a1 is not kept/);
      await expect(make({ keep: ['delta9'] })).rejects.toThrow(ArgumentError);
      all.destroy();
      few.destroy();
    });

    test('destroy in the middle of fit ends it, and whatever else is under way, with StateError', async () => {
      const net = await make();
      const fit = net.fit(data, { epochs: 1000 });
      const read = net.parameters();
      const others = Promise.allSettled([read, net.evaluate(data)]); // each of the three may be the first to end
      setTimeout(() => net.destroy(), 20);
      await expect(fit).rejects.toThrow(StateError);
      await others;
      await expect(net.evaluate(data)).rejects.toThrow(StateError);
    });

    test('nobody sees the weights that check takes back', async () => {
      const net = await make();
      const before = valuesOf(await net.parameters());
      const [x, y] = [data.inputs.data.subarray(0, 4), labels.slice(0, 1)];
      const predicted = await net.predict(x);
      const checked = net.check(x, y);
      const during = Array.from({ length: 5 }, async () => [valuesOf(await net.parameters()), await net.predict(x)]);
      for (const seen of await Promise.all(during)) expect(seen).toEqual([before, predicted]);
      await checked;
      net.destroy();
    });

    test('after destroy every call is a StateError, and destroy once more is nothing', async () => {
      const net = await make();
      const parameters = await net.parameters();
      const [x, y] = [data.inputs.data.subarray(0, 4), labels.slice(0, 1)];
      net.step(x, y);
      net.destroy();
      net.destroy();
      await net[Symbol.asyncDispose]();
      expect(() => net.step(x, y)).toThrow(StateError);
      expect(() => net.setParameters(parameters)).toThrow(StateError);
      const calls: Record<string, () => Promise<unknown>> = {
        fit: () => net.fit(data, { epochs: 1 }),
        evaluate: () => net.evaluate(data),
        predict: () => net.predict(x),
        loss: () => net.loss(),
        gradients: () => net.gradients(x, y),
        tensors: () => net.tensors(x, y),
        parameters: () => net.parameters(),
        tensor: () => net.tensor('a1'),
        check: () => net.check(x, y),
      };
      for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toThrow(StateError);
    });
  });
}

const gpu = useGpu();
behaviour('on the GPU', () => gpu.device);
behaviour('on the CPU', () => 'cpu');
