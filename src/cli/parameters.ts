/** Files of parameters: --save-parameters of train and --parameters of eval. */
import { createHash } from 'node:crypto';
import { DataError, formatParameters, parseParameters, type Tensor } from '../index.node.ts';
import { platform } from '../platform.ts';

type Parameters = Record<string, Tensor>;

/** Of the floats' bytes of all parameters, in the order of their keys in the file. */
export function sha256(parameters: Parameters): string {
  const hash = createHash('sha256');
  for (const { data } of Object.values(parameters)) hash.update(data);
  return hash.digest('hex');
}

/** Writes all of the file or nothing. Throws DataError. */
export async function saveParameters(path: string, parameters: Parameters): Promise<void> {
  await platform.files!.write(path, new TextEncoder().encode(formatParameters(parameters)));
}

/** Throws DataError naming file, key, expected and found where the file does not hold exactly `model`'s parameters. */
export async function loadParameters(path: string, model: Parameters): Promise<Parameters> {
  const bytes = await platform.files!.read(path);
  if (!bytes) throw new DataError(`${path}: no such file`);
  return parseParameters(new TextDecoder().decode(bytes), model, path);
}
