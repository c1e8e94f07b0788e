/** Streamed data sets and those in memory, seen alike. */
import { isUint8Array } from '../base/as-bytes.ts';
import { allocate } from '../base/numbers.ts';
import type { Dataset, Field } from './dataset.ts';
import { fieldsOf, isMirrored } from './fields.ts';
import { identityOf } from './identity.ts';
import { meaningOf } from './meaning.ts';
import { stored } from './parts.ts';
import type { AnyDataset, Request, StreamedDataset, StreamedField } from './streamed.ts';

/** Whether samples are read as they are used. */
export const isStreamed = (dataset: AnyDataset): dataset is StreamedDataset => 'read' in dataset;

/** How the numbers of a field are stored. */
export const typeOf = (field: Field | StreamedField): StreamedField['type'] =>
  'type' in field ? field.type : isUint8Array(field.data) ? 'uint8' : 'float32';

/** Bytes of a field in so many samples. */
export const bytesIn = (field: Field | StreamedField, count: number): number =>
  count * stored(field) * (typeOf(field) === 'uint8' ? 1 : 4);

/** Bytes of each field in so many samples; 0 of targets that are the inputs. */
export const bytesOfFields = (dataset: Fields, count: number): number[] =>
  fieldsOf(dataset).map(([letter, field]) => (letter === 'y' && isMirrored(dataset) ? 0 : bytesIn(field, count)));

/** Memory for the numbers of some samples. Throws DataError where there is not so much. */
export function room(samples: Uint32Array, dataset: Fields): Request {
  const rooms = fieldsOf(dataset).map(([letter, field]) => {
    return [letter, roomFor(field, samples.length, `${dataset.name}: ${letter}`)];
  });
  return { samples, ...Object.fromEntries(rooms) };
}

type Fields = Pick<AnyDataset, 'name' | 'inputs' | 'targets' | 'sampleWeights'>;

function roomFor(field: Field | StreamedField, count: number, what: string): Uint8Array | Float32Array {
  const isBytes = typeOf(field) === 'uint8';
  return allocate(what, count * stored(field), (n) => (isBytes ? new Uint8Array(n) : new Float32Array(n)));
}

/** A data set in memory, to be read as one that is not. */
export function streamOf(dataset: Dataset): StreamedDataset {
  const { name, count, shape, inputs, targets, sampleWeights } = dataset;
  const described = (field: Field): StreamedField => {
    const { kind, size, scale, parts } = field;
    return { kind, size, scale, type: typeOf(field), ...(parts && { parts }) };
  };
  return {
    ...{ name, count, shape, inputs: described(inputs), targets: described(targets), shuffles: true },
    ...(sampleWeights && { sampleWeights: described(sampleWeights) }),
    ...meaningOf(dataset),
    get identity() {
      return identityOf(dataset);
    },
    async *read(requests) {
      for (const request of requests) {
        for (const [letter, field] of fieldsOf(dataset)) copyRows(field, request.samples, request[letter]!);
        yield;
      }
    },
  };
}

function copyRows(field: Field, samples: Uint32Array, to: Request['x']): void {
  const width = stored(field);
  for (let i = 0; i < samples.length; i++) {
    const from = samples[i] * width;
    if (width === 1) to[i] = field.data[from];
    else to.set(field.data.subarray(from, from + width), i * width);
  }
}
