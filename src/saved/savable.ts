/** What an exporter takes: a net, or the file that it was saved in. */
import { member } from '../base/arguments.ts';
import { asBytes, type Bytes } from '../base/as-bytes.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';

/** Anything with the `save` of a `Trainer`. */
export interface Savable {
  /** Saves as `Trainer.save`. */
  save(path?: undefined, options?: { weightsOnly?: boolean }): Promise<Bytes>;
}

/** The file of a net, or the bytes of one that was saved before. Throws ArgumentError for anything else. */
export async function fileOf(net: unknown, where: string, options?: { weightsOnly?: boolean }): Promise<Bytes> {
  if (typeof member(net, 'save') === 'function') return (net as Savable).save(undefined, options);
  const bytes = asBytes(net, where);
  if (bytes) return bytes;
  throw new ArgumentError(`${where}: expected a net, or the bytes of a file of net.save(), found ${showValue(net)}`);
}
