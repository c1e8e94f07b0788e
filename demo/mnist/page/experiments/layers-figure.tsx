/** A number for each layer of each net, as bars on a logarithmic axis. */
import type { Course, LayersPicture } from '../../lab/experiments/experiment.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { barsOf } from './bars.ts';
import { experiment } from './experiments-state.ts';

interface LayersFigureProps {
  readonly picture: LayersPicture;
  readonly courses: readonly Course[];
}

const superscript = (layer: number): string => [...String(layer)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');

export const LayersFigure = ({ picture: { title, of, symbol }, courses }: LayersFigureProps) => {
  const { sides } = experiment.value;
  const { bars, from, to } = barsOf(sides.map((_, side) => courses[side]?.looks.at(-1)?.values[of] ?? []));
  return (
    <figure class="experiment-figure">
      <figcaption>
        <h3>{title}</h3>
        <p class="small soft">
          Bars on a logarithmic scale, from {short(from)} to {short(to)}.
        </p>
      </figcaption>
      <div class="experiment-bars">
        {sides.map((side, at) => (
          <table key={side.title} class="experiment-side" data-side={at}>
            <caption>{side.title}</caption>
            <tbody>
              {bars[at].map(({ value, share }, layer) => (
                <tr key={layer}>
                  <th scope="row">
                    {symbol}
                    {superscript(layer + 1)}
                  </th>
                  <td class="experiment-track">
                    <span class="experiment-bar" style={{ width: `${100 * share}%` }} />
                  </td>
                  <td class="mono">{short(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </figure>
  );
};
