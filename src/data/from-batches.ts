/** A data set whose samples come from a generator function, in an order of its own. */

import { member } from '../base/arguments.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { described, type SourceOptions } from './described.ts';
import { type Batch, type GivenSamples, givenSamples } from './given-samples.ts';
import type { Request, StreamedDataset } from './streamed.ts';

/** A generator function of batches, called once for each pass over the samples. */
export type BatchSource = () => AsyncIterable<Batch> | Iterable<Batch>;

/**
 * Makes a data set from a generator function that yields batches `{ x, y }`. It is called once for each pass, such as an epoch
 * of `fit`, and its batches are read as they are needed. So there may be more samples than fit into memory. The batches may be
 * of any lengths. They need not have the size that the net trains with.
 *
 * The samples of a pass come in the order of the generator, so `fit` does not shuffle them. Shuffle them in the generator, or
 * use {@link fromSamples} where samples can be read in any order.
 *
 * @param source The generator function, async or plain. What it throws reaches the caller of `fit` as it is. Where a pass ends
 * early, its `finally` blocks run.
 * @throws {ArgumentError} For an unknown option, or a source that is not a function.
 * @throws {DataError} For an invalid option. While the data set is read: for a pass of more or fewer samples than `count`, and
 * for numbers that `fromArrays` would not take, with the sample.
 */
export function fromBatches(source: BatchSource, options: SourceOptions): StreamedDataset {
  const set = described('fromBatches', options, 'batches');
  if (typeof source !== 'function') {
    const hint =
      typeof member(source, 'next') === 'function' ? '; give the function, which is called once per pass' : '';
    throw new ArgumentError(`fromBatches: expected a generator function, found ${showValue(source)}${hint}`);
  }
  return Object.freeze({
    ...set,
    shuffles: false,
    read: (requests: Iterable<Request>) => readInOrder(source, set, requests),
  });
}

type Described = ReturnType<typeof described>;

async function* readInOrder(
  source: BatchSource,
  set: Described,
  requests: Iterable<Request>,
): AsyncGenerator<void, void> {
  const batches = batchesOf(source, set);
  let batch: GivenSamples<Request> = { count: 0, copy() {} };
  /** Number of the first sample of the batch. */
  let first = 0;
  const advance = async (): Promise<void> => {
    first += batch.count;
    const next = await batches.next();
    if (next.done) throw new DataError(`${set.name}: expected ${set.count} samples in a pass, found ${first}`);
    batch = givenSamples(next.value, set, (place) => first + place);
    demandNoMore(set, first + batch.count);
  };
  try {
    for (const request of requests) {
      const { samples } = request;
      for (let at = 0; at < samples.length; ) {
        if (samples[at] < first) throw new DataError(`${set.name}: its samples can only be read in their own order`);
        while (samples[at] >= first + batch.count) await advance();
        const from = samples[at] - first;
        const n = Math.min(consecutive(samples, at), batch.count - from);
        batch.copy(from, n, request, at);
        at += n;
      }
      if (samples.at(-1) === set.count - 1) await demandEnd(batches, set);
      yield;
    }
  } finally {
    await batches.return();
  }
}

async function* batchesOf(source: BatchSource, { name }: Described): AsyncGenerator<Batch, void> {
  const batches = source();
  const iterates = [Symbol.asyncIterator, Symbol.iterator].some((key) => typeof member(batches, key) === 'function');
  if (!iterates)
    throw new DataError(`${name}: expected a generator function, found one that gives ${showValue(batches)}`);
  yield* batches;
}

/** Nothing comes after the last sample but empty batches. */
async function demandEnd(batches: AsyncGenerator<Batch, void>, set: Described): Promise<void> {
  for await (const batch of batches) demandNoMore(set, set.count + givenSamples(batch, set, () => set.count).count);
}

function demandNoMore({ name, count }: Described, found: number): void {
  if (found > count) throw new DataError(`${name}: expected ${count} samples in a pass, found ${found} or more`);
}

/** How many samples from place `at` on are numbered one after another. */
function consecutive(samples: Uint32Array, at: number): number {
  let end = at + 1;
  while (end < samples.length && samples[end] === samples[end - 1] + 1) end++;
  return end - at;
}
