import type { LossName } from '../../config.ts';
import { CLASSES } from '../../lab/protocol.ts';
import { percent } from '../shared/numbers.ts';
import { config } from '../state/index.ts';
import { outputs } from './drawing.ts';
import { ranked } from './guess.ts';

const titles: Record<LossName, string> = {
  crossEntropy: 'Probability of each digit',
  binaryCrossEntropy: 'Probability of each digit, independent of the others',
  quadratic: 'Output for each digit: 1 for yes, 0 for no',
};
const digits = Array.from({ length: CLASSES }, (_, digit) => digit);

/** A bar per digit. */
export const Outputs = () => {
  const values = outputs.value;
  const best = values && ranked(values)[0];
  const write = config.value.loss === 'quadratic' ? (value: number) => value.toFixed(3) : percent;
  return (
    <figure class="try-outputs">
      <figcaption class="soft small">{titles[config.value.loss]}</figcaption>
      <ol>
        {digits.map((digit) => (
          <li key={digit} class={digit === best ? 'is-best' : ''}>
            <span>{digit}</span>
            <span class="try-track" aria-hidden="true">
              <span style={{ width: `${values ? 100 * Math.min(1, Math.max(0, values[digit])) : 0}%` }} />
            </span>
            <span>{values ? write(values[digit]) : '–'}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
};
