/** Puts data sets one after another. */
import { isUint8Array } from '../base/as-bytes.ts';
import { ArgumentError, DataError } from '../base/errors.ts';
import { allocate } from '../base/numbers.ts';
import { showValue } from '../base/show-value.ts';
import { checkedDataset, made } from './checked-dataset.ts';
import type { Dataset, Field } from './dataset.ts';
import { isMirrored } from './fields.ts';
import { typeOf } from './stream-of.ts';

/**
 * Puts data sets one after another, as a copy: all samples of the first, then those of the second, and so on. They have to agree in
 * shape, in how inputs and targets are stored, in classes and their names, and in whether samples have weights.
 *
 * @throws {ArgumentError} For no data sets, or a value that is none.
 * @throws {DataError} For data sets that differ, with what differs, or an invalid one made by hand.
 */
export function concat(...datasets: readonly Dataset[]): Dataset {
  if (datasets.length === 0) throw new ArgumentError('concat: expected one or more data sets, found none');
  const [first, ...others] = datasets.map((dataset) => checkedDataset(dataset, 'concat'));
  for (const other of others) checkAlike(first, other);
  const all = [first, ...others];
  const name = all.length > 2 ? `${first.name} and ${others.length} more` : all.map(({ name }) => name).join(' and ');
  const of = (key: 'inputs' | 'targets' | 'sampleWeights'): Field =>
    joined(
      all.map((dataset) => dataset[key]!),
      name,
    );
  const inputs = of('inputs');
  const fields = {
    inputs,
    targets: all.every(isMirrored) ? inputs : of('targets'),
    ...(first.sampleWeights && { sampleWeights: of('sampleWeights') }),
  };
  return made({ ...first, name, count: all.reduce((sum, { count }) => sum + count, 0), ...fields });
}

/** Throws DataError naming the first thing in which they differ. */
function checkAlike(one: Dataset, other: Dataset): void {
  const [expected, found] = [one, other].map(traitsOf);
  for (const [what, value] of Object.entries(expected)) {
    if (JSON.stringify(value) === JSON.stringify(found[what])) continue;
    const wanted = `expected ${showValue(value)}, as in ${one.name}`;
    throw new DataError(`concat: ${other.name}.${what}: ${wanted}, found ${showValue(found[what])}`);
  }
}

function traitsOf({ shape, inputs, targets, sampleWeights, classNames, columns }: Dataset): Record<string, unknown> {
  const of = (name: string, field: Field) => ({
    [`${name}.kind`]: field.kind,
    [`${name}.size`]: field.size,
    [`${name}.scale`]: field.scale,
    [`${name}.type`]: typeOf(field),
    [`${name}.parts`]: field.parts,
  });
  const weights = { sampleWeights: sampleWeights ? 'one per sample' : 'none' };
  return { shape, ...of('inputs', inputs), ...of('targets', targets), ...weights, classNames, columns };
}

function joined(fields: readonly Field[], what: string): Field {
  const length = fields.reduce((sum, { data }) => sum + data.length, 0);
  const isBytes = isUint8Array(fields[0].data);
  const data = allocate(what, length, (n) => (isBytes ? new Uint8Array(n) : new Float32Array(n)));
  let at = 0;
  for (const field of fields) {
    data.set(field.data, at);
    at += field.data.length;
  }
  return { ...fields[0], data };
}
