/** Frozen parameters: they stay as they are to the bit, and a step does nothing for them but its forward pass. */
import { describe, expect, test } from 'vitest';
import { fromArrays, take } from '../../src/data/index.ts';
import {
  ArgumentError,
  adam,
  batchNorm,
  type CompileOptions,
  compile,
  conv2d,
  DataError,
  type Device,
  dense,
  flatten,
  maxPool2d,
  momentum,
  relu,
  StateError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  tanh,
} from '../../src/index.node.ts';
import { lenet } from '../../src/nn/lenet.ts';
import { useGpu } from '../support/harness.ts';
import { parameterBits, random, stateBits } from '../support/nets.ts';

const loss = softmaxCrossEntropy();
const small = sequential([4], [dense(6, tanh), batchNorm(), dense(5, tanh), dense(3)]);
const images = sequential([1, 6, 6], [conv2d(3, 3, relu), batchNorm(), maxPool2d(2), flatten(), dense(3)]);
const points = fromArrays({ x: random(45 * 4, 1), y: Array.from({ length: 45 }, (_, i) => i % 3), shape: [4] });
const pictures = fromArrays({
  x: random(20 * 36, 2),
  y: Array.from({ length: 20 }, (_, i) => i % 3),
  shape: [1, 6, 6],
});

const using = async <T>(net: Promise<Trainer>, work: (net: Trainer) => Promise<T>): Promise<T> => {
  const made = await net;
  try {
    return await work(made);
  } finally {
    made.destroy();
  }
};
const keysOf = (bits: Record<string, unknown>, prefix: string): string[] =>
  Object.keys(bits).filter((key) => key.startsWith(prefix));
const some = <T>(bits: Record<string, T>, keys: readonly string[]): Record<string, T> =>
  Object.fromEntries(keys.map((key) => [key, bits[key]]));

function behaviour(title: string, device: () => Device | 'cpu'): void {
  const net = (options: Partial<CompileOptions> = {}, model = small): Promise<Trainer> =>
    compile(model, {
      device: device(),
      batch: 8,
      loss,
      optimizer: momentum({ learningRate: 0.1 }),
      seed: 3,
      tune: 'off', // another form may take another number of dispatches
      ...options,
    });

  describe(title, () => {
    test.each([
      ['points', small, points],
      ['images', images, pictures],
    ])('what is frozen keeps its bits, running statistics included, and the rest learns: %s', (_what, model, data) =>
      using(net({ freeze: ['layers.0.*', 'layers.1.*'] }, model), async (net) => {
        const before = await parameterBits(net);
        await net.fit(data, { epochs: 2, validation: data });
        const after = await parameterBits(net);
        const frozen = [...keysOf(before, 'layers.0.'), ...keysOf(before, 'layers.1.')];
        expect(net.frozen).toEqual(frozen);
        expect(frozen).toContain('layers.1.running_var');
        expect(some(after, frozen)).toEqual(some(before, frozen));
        for (const key of Object.keys(before).filter((key) => !frozen.includes(key))) {
          expect(after[key], key).not.toEqual(before[key]);
        }
      }),
    );

    test('a frozen batchNorm uses its running statistics in training', () =>
      using(net({ freeze: ['layers.0.*', 'layers.1.*'] }), async (net) => {
        const values = await net.parameters();
        values['layers.1.running_mean'].data.fill(0.25);
        values['layers.1.running_var'].data.fill(2);
        net.setParameters(values);
        const batch = take(points, 8);
        const { loss } = await net.evaluate(batch);
        net.step(batch);
        expect(await net.loss()).toBeCloseTo(loss, 5);
        await net.check(batch);
        await net.freeze([]);
        net.step(batch);
        expect(Math.abs((await net.loss()) - loss)).toBeGreaterThan(1e-3);
      }));

    test('with its running statistics not frozen, a batchNorm goes on to follow its batches', () =>
      using(net({ freeze: ['*.weight', 'layers.1.bias'] }), async (net) => {
        const before = await parameterBits(net);
        net.step(take(points, 8));
        const after = await parameterBits(net);
        expect(after['layers.1.weight']).toEqual(before['layers.1.weight']);
        expect(after['layers.1.running_mean']).not.toEqual(before['layers.1.running_mean']);
        expect(after['layers.1.running_var']).not.toEqual(before['layers.1.running_var']);
      }));

    test('between fits: bits stay, and the state of what stays trained; what is trained again starts with a new state', () =>
      using(net(), async (net) => {
        await net.fit(points, { epochs: 1 });
        const before = await stateBits(net);
        const statistics = await net.parameters();
        await net.freeze(['layers.0.*', 'layers.1.*']);
        expect(await net.parameters()).toEqual(statistics);
        net.step(take(points, 8));
        const frozen = await stateBits(net);
        expect(Object.keys(frozen)).not.toContain('v.W1');
        // One step with η = 0.1 and μ = 0.9 on what was there: θ − θ' = η (μ v + g), and v' = μ v + g.
        const [v] = [Float32Array.from(new Float32Array(frozen['v.W4'].buffer))];
        const [old, now] = [before.W4, frozen.W4].map(
          (bits) => new Float32Array(bits.buffer, bits.byteOffset, bits.length),
        );
        v.forEach((value, i) => void expect(old[i] - now[i]).toBeCloseTo(0.1 * value, 6));
        const g = (await net.tensor('dW4')).data;
        const held = new Float32Array(before['v.W4'].buffer, before['v.W4'].byteOffset, before['v.W4'].length);
        v.forEach((value, i) => void expect(value).toBeCloseTo(0.9 * held[i] + g[i], 5));
        for (const name of ['W1', 'b1', 'gamma2', 'runningMean2']) expect(frozen[name], name).toEqual(before[name]);
        await net.freeze([]);
        expect(net.frozen).toEqual([]);
        net.step(take(points, 8));
        const thawed = await stateBits(net);
        expect(thawed['v.W1']).toEqual(new Uint32Array((await net.tensor('dW1')).data.buffer));
        expect(thawed.W1).not.toEqual(frozen.W1);
      }));

    test('everything else works on the new step: gradients, tensors, evaluation, prediction, validation', () =>
      using(net(), async (net) => {
        const batch = take(points, 8);
        await net.fit(points, { epochs: 1, validation: points });
        const [all, evaluation] = [await net.gradients(batch), await net.evaluate(points)];
        const predicted = await net.predict(points);
        await net.tensors(batch);
        await net.freeze(['layers.0.*', 'layers.1.*']);
        expect(await net.evaluate(points)).toEqual(evaluation);
        expect(await net.predict(points)).toEqual(predicted);
        const some = await net.gradients(batch);
        expect(Object.keys(some)).toEqual(Object.keys(all).filter((key) => !/^layers\.[01]\./.test(key)));
        expect(Object.keys(await net.tensors(batch))).not.toContain('dW1');
        const [{ validation }] = await net.fit(points, { epochs: 1, validation: points });
        expect(validation.loss).not.toBe(evaluation.loss);
        expect(await net.evaluate(points)).toEqual(validation);
      }));

    test('the loss and the tensors of the last step are those of the step before, and not to be read', () =>
      using(net(), async (net) => {
        net.step(take(points, 8));
        expect(await net.loss()).toBeGreaterThan(0);
        await net.freeze(['layers.0.*']);
        await expect(net.loss()).rejects.toThrow(StateError);
        await expect(net.tensor('dW4')).rejects.toThrow(StateError);
        net.step(take(points, 8));
        expect(await net.loss()).toBeGreaterThan(0);
      }));

    test('an epoch left unfinished goes on after it', () =>
      using(net({ optimizer: sgd({ learningRate: 0 }) }), async (net) => {
        await net.fit(points, { steps: 2 });
        await net.freeze(['layers.1.*']);
        const [rest] = await net.fit(points, { epochs: 1 });
        expect(net.steps).toBe(6);
        expect(net.epochs).toBe(1);
        expect(rest.trainLoss).toBeGreaterThan(0.5);
      }));

    test('saved and loaded: the file says what is frozen, and training goes on to the same bits', async () => {
      const rest = async (net: Trainer) => {
        await net.fit(points, { epochs: 1 });
        const { lossTotal: _, ...bits } = await stateBits(net); // it also has the epochs before
        return bits;
      };
      const [file, expected] = await using(net(), async (net) => {
        await net.fit(points, { steps: 3 });
        await net.freeze(['layers.0.*', 'layers.1.*']);
        await net.fit(points, { steps: 4 });
        return [await net.save(), await rest(net)] as const;
      });
      for (const options of [{}, { freeze: ['*.bias'] }, { freeze: ['layers.0.*', 'layers.1.*'] }]) {
        await using(net({ ...options, seed: 9 }), async (net) => {
          await net.evaluate(points);
          await net.load(file);
          expect(net.frozen).toHaveLength(6);
          expect(await rest(net)).toEqual(expected);
        });
      }
    });

    test('trained again under Adam: a file continues to the same bits, and one of weights alone begins anew', async () => {
      const options = { optimizer: adam({ learningRate: 0.1 }) };
      const rest = async (net: Trainer) => {
        await net.fit(points, { epochs: 1 });
        const { lossTotal: _, ...bits } = await stateBits(net);
        return bits;
      };
      const weights = await using(net({ ...options, seed: 5 }), (net) => net.save(undefined, { weightsOnly: true }));
      const [file, expected, anew] = await using(net({ ...options, freeze: ['layers.0.*'] }), async (net) => {
        await net.fit(points, { steps: 3 });
        await net.freeze([]);
        await net.fit(points, { steps: 4 });
        const file = await net.save();
        const expected = await rest(net);
        await net.load(weights, { weightsOnly: true });
        return [file, expected, await rest(net)] as const;
      });
      await using(net(options), async (net) => {
        await net.load(weights, { weightsOnly: true });
        expect(await rest(net)).toEqual(anew);
        await net.load(file);
        expect(await rest(net)).toEqual(expected);
      });
    });

    test('the weights of a file alone leave frozen what is', () =>
      using(net(), async (net) => {
        const file = await net.save();
        await net.freeze(['layers.0.*']);
        await net.load(file, { weightsOnly: true });
        expect(net.frozen).toEqual(['layers.0.weight', 'layers.0.bias']);
        await net.load(file);
        expect(net.frozen).toEqual([]);
      }));

    test('a file that does not fit changes nothing, nor does a pattern', () =>
      using(net({ freeze: ['layers.3.*'] }), async (net) => {
        const frozen = net.frozen;
        const before = await parameterBits(net);
        const other = await using(
          compile(sequential([4], [dense(7, tanh), dense(3)]), {
            ...{ device: device(), batch: 8, loss, optimizer: momentum({ learningRate: 0.1 }), freeze: ['layers.0.*'] },
          }),
          (net) => net.save(),
        );
        await expect(net.load(other)).rejects.toThrow(DataError);
        await expect(net.freeze(['layers.7.*'])).rejects.toThrow('freeze: "layers.7.*" matches no parameter');
        await expect(net.freeze(['*'])).rejects.toThrow(
          'freeze: expected a model with parameters to train, found all of them frozen',
        );
        expect(net.frozen).toEqual(frozen);
        expect(await parameterBits(net)).toEqual(before);
        await net.fit(points, { epochs: 1 });
        const after = await parameterBits(net);
        expect(after['layers.3.weight']).toEqual(before['layers.3.weight']);
      }));

    test('refused: while the net is busy or gone, and by compile', async () => {
      await expect(net({ freeze: ['*'] })).rejects.toThrow(
        'compile: expected a model with parameters to train, found all',
      );
      await expect(net({ freeze: ['conv.*'] })).rejects.toThrow(ArgumentError);
      await expect(net({ freeze: ['layers.0.*'], keep: ['dW1'] })).rejects.toThrow('compile: keep: expected one of');
      const made = await net();
      const fit = made.fit(points, { epochs: 1 });
      await expect(made.freeze(['layers.0.*'])).rejects.toThrow(StateError);
      await fit;
      const freezing = made.freeze(['layers.0.*']);
      expect(() => made.step(take(points, 8))).toThrow('step: freeze is still running on this net');
      const evaluation = made.evaluate(points);
      await Promise.all([freezing, evaluation]);
      made.destroy();
      await expect(made.freeze([])).rejects.toThrow(StateError);
    });
  });
}

const use = useGpu();
behaviour('GPU', () => use.device);
behaviour('CPU reference', () => 'cpu');

describe('what a step takes', () => {
  const body = ['layers.0.*', 'layers.2.*', 'layers.5.*', 'layers.6.*'];
  const made = (options: Partial<CompileOptions> = {}) =>
    compile(lenet([1, 28, 28], 10), {
      device: use.device,
      batch: 20,
      loss,
      optimizer: adam(),
      keep: [],
      tune: 'off',
      ...options,
    });
  const bytesOf = ({ schedule }: Trainer, prefix: RegExp): number =>
    schedule.buffers.filter(({ name }) => prefix.test(name)).reduce((sum, { bytes }) => sum + bytes, 0);

  test('LeNet with a frozen body: fewer dispatches, no gradients and no state below the head', () =>
    using(made(), async (net) => {
      const [whole, state] = [net.schedule.dispatches.length, bytesOf(net, /^[mv]\./)];
      await net.freeze(body);
      const frozen = { dispatches: net.schedule.dispatches.length, state: bytesOf(net, /^[mv]\./) };
      // Adam keeps two numbers for each of the 10 · 84 + 10 that are trained; a row is padded to a multiple of 4, and each of the
      // two states of weights and of biases ends with a flag of 16 bytes.
      expect({ whole, ...frozen }).toEqual({ whole: 20, dispatches: 8, state: 2 * (4 * (10 * 84 + 10 * 4) + 2 * 16) });
      expect(state).toBeGreaterThan(60 * frozen.state);
      const names = net.graph.nodes.map(({ name }) => name);
      expect(names.filter((name) => /^(dW|db|delta|[mv]\.\w)/.test(name)).every((name) => /8$/.test(name))).toBe(true);
      await using(made({ freeze: body }), async (other) => {
        expect(other.schedule.dispatches.map(({ label }) => label)).toEqual(
          net.schedule.dispatches.map(({ label }) => label),
        );
      });
    }));

  test('LeNet trained again after a step: as many dispatches as if nothing had been frozen', () =>
    using(made({ freeze: body }), async (net) => {
      net.step(random(20 * 784, 1), new Uint8Array(20));
      await net.freeze([]);
      expect(net.schedule.dispatches.some(({ shader }) => shader.code.includes('fn normalize_from'))).toBe(true);
      expect(net.schedule.dispatches).toHaveLength(20);
    }));

  test('freezing and thawing leave no buffers behind', () =>
    using(made(), async (net) => {
      const held = new Set<GPUBuffer>();
      const { gpu } = use.device;
      const create = gpu.createBuffer.bind(gpu);
      gpu.createBuffer = (descriptor) => {
        const buffer = create(descriptor);
        held.add(buffer);
        const destroy = buffer.destroy.bind(buffer);
        buffer.destroy = () => {
          held.delete(buffer);
          destroy();
        };
        return buffer;
      };
      try {
        const count = async (patterns: readonly string[]): Promise<number> => {
          await net.freeze(patterns);
          return held.size;
        };
        const [first, thawed] = [await count(body), await count([])];
        expect(await count(body)).toBe(first);
        expect(await count([])).toBe(thawed);
        expect(thawed).toBeGreaterThan(0);
      } finally {
        gpu.createBuffer = create;
      }
    }));
});
