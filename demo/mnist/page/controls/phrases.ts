/** Settings and states in words. */
import { type Config, datasets, optimizers } from '../../config.ts';
import type { Preparing, Status } from '../../lab/protocol.ts';
import { netInWords } from '../../net-shapes.ts';
import { percent } from '../shared/numbers.ts';

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

export const settings = (config: Config): string =>
  `${datasets[config.data]} · ${netInWords(config.hidden)} · ${optimizers[config.optimizer].title} at\u00a0${config.learningRate}`;

export function state(status: Status, step: number, isDownloading: boolean): string {
  if (status === 'preparing') return isDownloading ? 'Downloading' : 'Preparing';
  if (status === 'paused') return step === 0 ? 'Ready' : 'Paused';
  const others = {
    opening: 'Opening',
    running: 'Training',
    failed: 'No network',
    cancelled: 'Cancelled',
    lost: 'GPU lost',
  };
  return others[status];
}

/** 'kernel 12 of 23', 'weights 45 %' */
export function part({ phase, done, total }: Preparing): string {
  if (phase === 'pipelines') return `kernel ${done} of ${total}`;
  return `${{ weights: 'weights', test: 'first test' }[phase]} ${percent(done / total, 0)}`;
}

/** 'train-images-idx3-ubyte.gz, 3.2 of 9.9 MB' */
export function amount({ file, received, total }: { file: string; received: number; total?: number }): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return `${name}, ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''} MB`;
}
