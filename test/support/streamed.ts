/** Data sets in memory as streamed ones, and streamed ones read into memory: for tests that hold the two against each other. */
import type { Dataset, Field } from '../../src/data/dataset.ts';
import {
  type Batch,
  fromBatches,
  fromSamples,
  type SourceOptions,
  type StreamedDataset,
} from '../../src/data/index.ts';
import { stored } from '../../src/data/parts.ts';
import type { Request, StreamedField } from '../../src/data/streamed.ts';

/** The same samples, to be read in any order. */
export const streamed = (dataset: Dataset): StreamedDataset =>
  fromSamples((samples) => samplesOf(dataset, samples), describe(dataset));

/** The same samples in their own order, in batches of these lengths, over and over. */
export const streamedInOrder = (dataset: Dataset, lengths: readonly number[]): StreamedDataset =>
  fromBatches(function* () {
    for (let i = 0, start = 0; start < dataset.count; i++) {
      const end = Math.min(start + lengths[i % lengths.length], dataset.count);
      yield samplesOf(dataset, range(start, end));
      start = end;
    }
  }, describe(dataset));

const describe = ({ name, count, shape, inputs, targets, sampleWeights }: Dataset): SourceOptions => ({
  name,
  count,
  shape,
  scale: inputs.scale,
  type: inputs.data instanceof Uint8Array ? 'uint8' : 'float32',
  sampleWeights: Boolean(sampleWeights),
  ...(targets.kind === 'labels' ? { classes: targets.size } : { outputs: targets.size }),
});

/** Stored numbers of some samples. */
export const samplesOf = ({ inputs, targets, sampleWeights }: Dataset, samples: Uint32Array): Batch => ({
  x: gathered(inputs, samples),
  y: gathered(targets, samples),
  ...(sampleWeights && { sampleWeights: gathered(sampleWeights, samples) }),
});

function gathered(field: Field, samples: Uint32Array): Uint8Array | Float32Array {
  const width = stored(field);
  const out = memoryFor(field.data instanceof Uint8Array ? 'uint8' : 'float32', samples.length * width);
  samples.forEach((sample, i) => {
    out.set(field.data.subarray(sample * width, (sample + 1) * width), i * width);
  });
  return out;
}

/** Whole numbers from start to before end. */
export const range = (start: number, end: number): Uint32Array =>
  Uint32Array.from({ length: end - start }, (_, i) => start + i);

/** One pass over a data set: what it gives for each list of samples, in memory full of other numbers beforehand. */
export async function readPass(set: StreamedDataset, lists: readonly Uint32Array[]): Promise<Request[]> {
  const memory = ({ type, ...field }: StreamedField, n: number) => memoryFor(type, n * stored(field)).fill(77);
  const requests = lists.map((samples) => ({
    samples,
    x: memory(set.inputs, samples.length),
    y: memory(set.targets, samples.length),
  }));
  let done = 0;
  for await (const _ of set.read(requests)) done++;
  if (done !== lists.length) throw new Error(`expected ${lists.length} yields, found ${done}`);
  return requests;
}

const memoryFor = (type: StreamedField['type'], length: number): Uint8Array | Float32Array =>
  type === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
