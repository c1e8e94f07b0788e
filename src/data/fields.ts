/** The two fields of a data set together. */
import type { Dataset, Field } from './dataset.ts';
import type { AnyDataset } from './streamed.ts';

type Fields<T extends AnyDataset = AnyDataset> = Pick<T, 'inputs' | 'targets'>;

/** Whether the targets are the inputs themselves, as for an autoencoder: then one copy of the numbers serves both. */
export function isMirrored({ inputs, targets }: Fields): boolean {
  if (inputs === targets) return true;
  if (!('data' in inputs && 'data' in targets)) return false;
  const isSame = (key: keyof Field): boolean => inputs[key] === targets[key];
  return isSame('data') && isSame('kind') && isSame('size') && isSame('scale');
}

/** Both fields made into others, into one where they are one. */
export function mapFields({ inputs, targets }: Fields<Dataset>, map: (field: Field) => Field): Fields<Dataset> {
  const mapped = map(inputs);
  return { inputs: mapped, targets: isMirrored({ inputs, targets }) ? mapped : map(targets) };
}
