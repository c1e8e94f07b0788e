import { heatOf } from '../results/heat.ts';
import '../results/results.css';
import { integer } from '../shared/numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';

interface ClassMatrixProps {
  readonly classes: readonly string[];
  /** [class][guess] */
  readonly counts: readonly (readonly number[])[];
}

/** Classes whose counts can be taken in. */
const MOST = 30;

/** Which class is taken for which, of the samples held out. */
export const ClassMatrix = ({ classes, counts }: ClassMatrixProps) => {
  if (classes.length > MOST) return null;
  const heat = heatOf(counts);
  return (
    <div class="results-matrix">
      <h3>Confusion matrix of the samples held out</h3>
      <p class="soft small">
        Each row is a class, and each column what the network takes it for. The framed diagonal is right. Orange cells
        are mistakes.
      </p>
      <Scrollable label="Confusion matrix">
        <table class="results-confusion own-matrix">
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">Class</span>
              </th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, of) => (
              <tr key={classes[of]}>
                <th scope="row">{classes[of]}</th>
                {row.map((count, guess) => (
                  <td
                    key={classes[guess]}
                    class={guess === of ? 'results-diagonal' : count === 0 ? 'results-none' : 'results-wrong'}
                    style={{ '--heat': heat[of][guess] }}
                  >
                    {integer(count)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
    </div>
  );
};
