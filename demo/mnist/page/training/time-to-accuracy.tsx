import { evaluations } from '../state.ts';
import { DASH, formatCount, formatSeconds } from './format.ts';
import { firstReaching, milestones } from './milestones.ts';

export const TimeToAccuracy = () => {
  const first = milestones.map((percent) => firstReaching(percent, evaluations.value));
  return (
    <div class="training-times">
      <div>
        <h3 id="training-times">Time to accuracy</h3>
        <p class="soft small">
          Training time and step of the first evaluation at or above each test accuracy. Evaluations come at most once a
          second.
        </p>
      </div>
      <div class="scroll">
        <table aria-labelledby="training-times">
          <thead>
            <tr>
              <th scope="col">Accuracy</th>
              {milestones.map((percent) => (
                <th key={percent} scope="col">
                  {percent} %
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Time</th>
              {first.map((at, i) => (
                <td key={milestones[i]}>{at ? formatSeconds(at.seconds) : DASH}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Steps</th>
              {first.map((at, i) => (
                <td key={milestones[i]}>{at ? formatCount(at.step) : DASH}</td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </div>
  );
};
