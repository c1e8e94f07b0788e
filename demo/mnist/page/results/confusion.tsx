import { integer, percent } from '../shared/numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { heatOf } from './heat.ts';

interface ConfusionProps {
  /** [label][guess] */
  readonly counts: readonly (readonly number[])[];
  /** The cell whose examples are shown. */
  readonly open: Cell | undefined;
  readonly onOpen: (cell: Cell) => void;
}

export interface Cell {
  readonly label: number;
  readonly guess: number;
}

/** Which digits are taken for which. */
export const Confusion = ({ counts, open, onOpen }: ConfusionProps) => {
  const heat = heatOf(counts);
  return (
    <div class="results-matrix">
      <h3>Confusion matrix</h3>
      <p class="soft small">
        Each row is a digit, and each column is a prediction of the network. The framed diagonal is correct. Orange
        cells are mistakes; the deeper the colour, the more there are. Select a cell to see its digits.
      </p>
      <Scrollable label="Confusion matrix">
        <table class="results-confusion">
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Digit</span>
              </th>
              {counts.map((_, guess) => (
                <th key={guess} scope="col">
                  {guess}
                </th>
              ))}
              <th scope="col" class="results-right">
                correct
              </th>
            </tr>
          </thead>
          <tbody>
            {counts.map((row, label) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {row.map((count, guess) => (
                  <td key={guess} class={classOf(count, label === guess)} style={{ '--heat': heat[label][guess] }}>
                    {count === 0 ? (
                      0
                    ) : (
                      <button
                        type="button"
                        aria-pressed={open?.label === label && open.guess === guess}
                        aria-label={`${integer(count)}: ${label} read as ${guess}`}
                        onClick={() => onOpen({ label, guess })}
                      >
                        {integer(count)}
                      </button>
                    )}
                  </td>
                ))}
                <td class="results-right">{percent(row[label] / Math.max(1, total(row)))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </div>
  );
};

const classOf = (count: number, isRight: boolean): string =>
  isRight ? 'results-diagonal' : count === 0 ? 'results-none' : 'results-wrong';
const total = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
