/** A data set whose samples come from a function that reads any of them. */
import { checkFunction } from '../base/arguments.ts';
import { DataError } from '../base/errors.ts';
import { described, type SourceOptions } from './described.ts';
import { type Batch, givenSamples } from './given-samples.ts';
import type { Request, StreamedDataset } from './streamed.ts';

/** Reads samples by their numbers, counted from 0, and gives them in that order. */
export type SampleSource = (samples: Uint32Array) => Promise<Batch> | Batch;

/**
 * Makes a data set from a function that gets the numbers of some samples and returns those samples, as `{ x, y }` or a promise
 * of it. It is called as samples are needed, for some thousands at a time, so there may be more samples than fit into memory.
 * `fit` shuffles them. For samples that can only be read one after another, use {@link fromBatches}.
 *
 * @param source The function. What it throws reaches the caller of `fit` as it is.
 * @throws {ArgumentError} For an unknown option, or a source that is not a function.
 * @throws {DataError} For an invalid option. While the data set is read: for another number of samples than was asked for, and
 * for numbers that `fromArrays` would not take, with the sample.
 */
export function fromSamples(source: SampleSource, options: SourceOptions): StreamedDataset {
  const set = described('fromSamples', options, 'samples');
  checkFunction('fromSamples: source', source ?? null);
  async function* read(requests: Iterable<Request>): AsyncGenerator<void, void> {
    for (const request of requests) {
      const { samples } = request;
      const given = givenSamples(await source(samples.slice()), set, (place) => samples[place]);
      if (given.count !== samples.length)
        throw new DataError(`${set.name}: expected the ${samples.length} samples asked for, found ${given.count}`);
      given.copy(0, given.count, request, 0);
      yield;
    }
  }
  return Object.freeze({ ...set, shuffles: true, read });
}
