/** Holds out samples before training. They choose the best epoch, so they are neither trained on nor part of the test. */
import { permute, streams, threefry } from '../base/random.ts';
import type { Dataset, DatasetPair, Field } from '../data/dataset.ts';
import { ArgumentError } from '../index.node.ts';

export interface HeldOut extends DatasetPair {
  /** Of the training data, and not in `train`. */
  readonly validation: Dataset;
}

/** Drawn by the seed, whatever the order of the samples. Throws ArgumentError where either part would be empty. */
export function holdOut(data: DatasetPair, share: number, seed: number): HeldOut {
  const { name, count } = data.train;
  const held = Math.round(share * count);
  if (held < 1 || held >= count) {
    throw new ArgumentError(
      `--validation: expected a share of 1 to ${count - 1} samples of the ${count} of ${name}, found ${share}`,
    );
  }
  const [key] = threefry(seed, streams.heldOut, 0, 0);
  const drawn = Array.from({ length: held }, (_, i) => permute(i, count, key)).sort((a, b) => a - b);
  const isDrawn = new Uint8Array(count);
  for (const i of drawn) isDrawn[i] = 1;
  const others = Array.from({ length: count }, (_, i) => i).filter((i) => !isDrawn[i]);
  return {
    ...data,
    train: pick(data.train, others, name),
    validation: pick(data.train, drawn, `${name.replace(/ train$/, '')} validation`),
  };
}

function pick(dataset: Dataset, samples: readonly number[], name: string): Dataset {
  const of = (field: Field): Field => ({ ...field, data: rows(field, samples) });
  return { ...dataset, name, count: samples.length, inputs: of(dataset.inputs), targets: of(dataset.targets) };
}

function rows({ kind, size, data }: Field, samples: readonly number[]): Field['data'] {
  const width = kind === 'labels' ? 1 : size;
  const picked =
    data instanceof Uint8Array ? new Uint8Array(samples.length * width) : new Float32Array(samples.length * width);
  samples.forEach((sample, i) => void picked.set(data.subarray(sample * width, (sample + 1) * width), i * width));
  return picked;
}
