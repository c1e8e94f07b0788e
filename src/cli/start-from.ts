/** --start-from: a new training with the parameters of another net, as far as they fit. */
import type { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import type { Loaded } from '../index.node.ts';
import type { Checkpoint } from './checkpoint.ts';
import { recall } from './remembered-options.ts';
import type { Run } from './run.ts';

/** What of a file is in a net now. */
export interface Started extends Loaded {
  readonly file: string;
}

/** What makes a net alike. */
const ofModel = ['--model', '--hidden', '--activation', '--batch-norm', '--dropout', '--size', '--channels'];

/** The options of the model are those of the file, unless they are given. */
export function recallModel(command: Command, { options, path }: Checkpoint): void {
  const known = Object.entries(options).filter(([name]) => ofModel.includes(name));
  recall(command, Object.fromEntries(known), path);
}

/** Takes what fits by name and shape. Throws DataError where nothing does. */
export const startFrom = async ({ file, path }: Checkpoint, { net }: Run): Promise<Started> => ({
  ...(await net.load(file, { weightsOnly: true, matching: true })),
  file: path,
});

/** '8 of 10 from body.safetensors, all but layers.4.weight, layers.4.bias' */
export function describeStarted({ file, taken, missing }: Started): string {
  const rest = missing.length > 0 ? `, all but ${missing.join(', ')}` : '';
  return `${taken.length} of ${taken.length + missing.length} from ${printable(file)}${rest}`;
}
