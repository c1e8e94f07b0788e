/** The fields of a data set together. */
import type { Dataset, Field } from './dataset.ts';
import type { AnyDataset, StreamedField } from './streamed.ts';

type Fields<T extends AnyDataset = AnyDataset> = Pick<T, 'inputs' | 'targets' | 'sampleWeights'>;

/** Whether the targets are the inputs themselves, as for an autoencoder: then one copy of the numbers serves both. */
export function isMirrored({ inputs, targets }: Fields): boolean {
  if (inputs === targets) return true;
  if (!('data' in inputs && 'data' in targets)) return false;
  const isSame = (key: keyof Field): boolean => inputs[key] === targets[key];
  return isSame('data') && isSame('kind') && isSame('size') && isSame('scale');
}

/** A letter for each field: inputs x, targets y, and weights w. */
export type FieldLetter = 'x' | 'y' | 'w';

/** The fields that a data set has, by their letters. */
export function fieldsOf({ inputs, targets, sampleWeights }: Fields<Dataset>): [FieldLetter, Field][];
export function fieldsOf({ inputs, targets, sampleWeights }: Fields): [FieldLetter, Field | StreamedField][];
export function fieldsOf({ inputs, targets, sampleWeights }: Fields): [FieldLetter, Field | StreamedField][] {
  const both: [FieldLetter, Field | StreamedField][] = [
    ['x', inputs],
    ['y', targets],
  ];
  return sampleWeights ? [...both, ['w', sampleWeights]] : both;
}

/** All fields made into others; inputs and targets into one where they are one. */
export function mapFields(
  { inputs, targets, sampleWeights }: Fields<Dataset>,
  map: (field: Field) => Field,
): Fields<Dataset> {
  const mapped = map(inputs);
  return {
    inputs: mapped,
    targets: isMirrored({ inputs, targets }) ? mapped : map(targets),
    ...(sampleWeights && { sampleWeights: map(sampleWeights) }),
  };
}
