/** Trains a net as a user does: the data set is on the device, `compile` keeps no tensors, and `fit` runs. */
import { checkCount, checkFunction, checkKeys } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import type { Dataset } from '../data/dataset.ts';
import { take } from '../data/samples.ts';
import type { Device } from '../engine/device.ts';
import { checkLoss, type LossFunction } from '../nn/losses/loss.ts';
import { checkModel, describeModel, features, type Model, outputs } from '../nn/model.ts';
import { checkOptimizer, type Optimizer } from '../nn/optimizers/optimizer.ts';
import { compile } from '../train/compile.ts';
import { trainingGraph } from '../train/graphs.ts';
import { flopOf } from './flop.ts';
import { synthetic } from './synthetic.ts';
import type { Prepared, Work } from './work.ts';

/** Options of {@link network}. */
export interface NetworkWorkOptions {
  /** Name of the workload. */
  readonly name: string;
  /** Model to train. */
  readonly model: Model;
  /** Loss to train it with. */
  readonly loss: LossFunction;
  /** Optimizer to train it with. */
  readonly optimizer: Optimizer;
  /** Samples per step. */
  readonly batch: number;
  /** Steps in an epoch. Default: as many as for the 60 000 samples of MNIST, at least 100, fewer if memory demands it. */
  readonly epoch?: number;
  /** Makes a data set of `count` samples. Default: {@link synthetic}. */
  readonly data?: (count: number) => Dataset;
}

/**
 * A workload that trains a net with `fit`, as a user does.
 *
 * @throws {ArgumentError} For an invalid model, loss, optimizer, batch, epoch or option.
 */
export function network(options: NetworkWorkOptions): Work {
  checkKeys('network', options, ['name', 'model', 'loss', 'optimizer', 'batch', 'epoch', 'data']);
  const { name, model, loss, optimizer, batch } = options;
  if (typeof name !== 'string') throw new ArgumentError(`network: name must be a string, found ${showValue(name)}`);
  checkModel(name, model);
  checkLoss(name, loss);
  checkOptimizer(optimizer, `${name}: optimizer`);
  checkCount(`${name}: batch`, batch);
  const { epoch = usualEpoch(batch, features(model)) } = options;
  checkCount(`${name}: epoch`, epoch);
  checkFunction(`${name}: data`, options.data);
  return {
    name,
    description: `${describeModel(model)}, ${loss.name}, ${optimizer.kind}, batches of ${batch}`,
    samples: batch,
    flop: flopOf(trainingGraph({ model, loss, batch }, optimizer).graph),
    epoch,
    prepare: (device) => prepare(device, { ...options, epoch }),
  };
}

const MNIST = 60_000;
const MOST_BYTES = 2 ** 27; // what every device can bind

function usualEpoch(batch: number, size: number): number {
  const wanted = Math.max(100, Math.ceil(MNIST / batch));
  return Math.max(1, Math.min(wanted, Math.floor(MOST_BYTES / (batch * size))));
}

async function prepare(
  device: Device,
  { model, loss, optimizer, batch, epoch, data }: NetworkWorkOptions & { epoch: number },
): Promise<Prepared> {
  const shape = { features: features(model), outputs: outputs(model) };
  const dataset = data?.(batch * epoch) ?? synthetic({ count: batch * epoch, ...shape });
  const net = await compile(model, { device, batch, loss, optimizer, keep: [], tune: 'off' });
  // `fit` knows a data set again, and so makes nothing for one that it has seen.
  const parts = new Map([[epoch, dataset]]);
  const part = (steps: number): Dataset => {
    const known = parts.get(steps) ?? take(dataset, steps * batch);
    parts.set(steps, known);
    return known;
  };
  return {
    schedule: net.schedule,
    async run(steps, signal) {
      for (let left = steps; left > 0; left -= epoch) {
        await net.fit(part(Math.min(left, epoch)), { epochs: 1, signal });
      }
    },
    loss: () => net.loss(),
    destroy: () => net.destroy(),
  };
}
