/** A progress line on stderr. Only terminals show it; files and pipes get none of it. */
import { SingleBar } from 'cli-progress';
import { printable } from '../base/show-value.ts';
import type { OnProgress } from '../data.node.ts';
import type { Progress } from '../index.node.ts';
import { decimal, duration, epochOf, integer, percentage } from './output.ts';

export interface Line<T> {
  show(progress: T): void;
  /** Wipes the line, so that others can write there. */
  clear(): void;
}

/** '{title}  ██████░░░░  60 %   {text}', made anew at the first progress after it was cleared. */
function bar<T>(describe: (progress: T) => { value: number; total: number; title: string; text: string }): Line<T> {
  let shown: SingleBar | undefined;
  // The terminal gets its cursor back however the process ends.
  const clear = (): void => {
    shown?.stop();
    shown = undefined;
    process.off('exit', clear);
  };
  return {
    clear,
    show(progress) {
      const { value, total, ...texts } = describe(progress);
      if (!shown) {
        shown = new SingleBar({
          format: '{title}  {bar} {percentage} %   {text}',
          barsize: 24,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          hideCursor: true,
          clearOnComplete: true,
        });
        shown.start(total, value, texts);
        process.once('exit', clear);
      }
      shown.update(value, texts);
    },
  };
}

/** `accuracy` is that of the epoch before. */
export const trainingBar = (): Line<Progress & { accuracy?: number }> =>
  bar(({ epoch, epochs, step, steps, loss, accuracy, samplesPerSecond, secondsLeft }) => ({
    value: step,
    total: steps,
    title: epochOf(epoch, epochs),
    text: `loss ${decimal(loss)}   ${accuracy === undefined ? '' : `accuracy ${percentage(accuracy)}   `}${integer(samplesPerSecond)} samples/s   ${duration(secondsLeft)} left`,
  }));

export const downloadBar = (): Line<Parameters<OnProgress>[0]> =>
  bar(({ file, received, total = received }) => ({
    value: received,
    total,
    title: 'downloading',
    text: `${(received / 1e6).toFixed(1)} MB of ${printable(file)}`,
  }));

/** A bar that counts things, such as pictures. */
export const countBar = (noun: string): Line<{ done: number; count: number }> =>
  bar(({ done, count }) => ({
    value: done,
    total: count,
    title: 'reading',
    text: `${integer(done)} of ${integer(count)} ${noun}`,
  }));
