import { short } from '../microscope/model/short-numbers.ts';
import { targetName } from './table-state.ts';

/** Pixels on a side, and around. */
const [SIDE, MARGIN] = [320, 44];

/** Each sample held out as a point: its target to the right, its prediction upwards. On the line both are the same. */
export const Scatter = ({ pairs }: { readonly pairs: Float32Array }) => {
  const finite = pairs.filter(Number.isFinite);
  if (finite.length === 0) return null;
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const place = (value: number) => MARGIN + ((value - low) / (high - low || 1)) * (SIDE - 2 * MARGIN);
  const points = Array.from({ length: pairs.length / 2 }, (_, i) => [
    place(pairs[2 * i]),
    SIDE - place(pairs[2 * i + 1]),
  ]);
  const [from, to] = [MARGIN, SIDE - MARGIN];
  return (
    <figure class="own-scatter">
      <figcaption>
        <h3>Predicted against true</h3>
        <p class="soft small">Each point is a sample held out. On the line, the prediction is right.</p>
      </figcaption>
      <svg
        viewBox={`0 0 ${SIDE} ${SIDE}`}
        role="img"
        aria-label={`${targetName.value}: predicted against true, ${points.length} samples held out`}
      >
        <path class="own-frame" d={`M${from} ${from}V${to}H${to}`} />
        <path class="own-diagonal" d={`M${from} ${to}L${to} ${from}`} />
        {points.map(([x, y], i) => (
          <circle key={i} cx={x} cy={y} r="3" />
        ))}
        <text x={from} y={to + 16}>
          {short(low, 3)}
        </text>
        <text x={to} y={to + 16} text-anchor="end">
          {short(high, 3)}
        </text>
        <text x={SIDE / 2} y={to + 34} text-anchor="middle">
          true {targetName.value}
        </text>
        <text x={from} y={from - 10}>
          predicted {targetName.value}
        </text>
      </svg>
    </figure>
  );
};
