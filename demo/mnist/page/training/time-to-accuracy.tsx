import { DASH } from '../shared/numbers.ts';
import { evaluations } from '../state/index.ts';
import { firstReaching, milestones } from './milestones.ts';
import { formatCount, formatSeconds } from './steady-numbers.ts';

export const TimeToAccuracy = () => (
  <div class="training-times">
    <div>
      <h3 id="training-times">Time to accuracy</h3>
      <p class="soft small">
        When training first reached each test accuracy. The test set is evaluated at most once a second.
      </p>
    </div>
    <table aria-labelledby="training-times">
      <thead>
        <tr>
          <th scope="col">Test accuracy</th>
          <th scope="col">Time</th>
          <th scope="col">Steps</th>
        </tr>
      </thead>
      <tbody>
        {milestones.map((percent) => {
          const first = firstReaching(percent, evaluations.value);
          return (
            <tr key={percent}>
              <th scope="row">{percent} %</th>
              <td>{first ? formatSeconds(first.seconds) : DASH}</td>
              <td>{first ? formatCount(first.step) : DASH}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);
