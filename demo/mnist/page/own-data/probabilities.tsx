import { percent } from '../shared/numbers.ts';

interface ProbabilitiesProps {
  readonly classes: readonly string[];
  /** One per class. */
  readonly values: Float32Array;
}

/** Those that are shown; of more classes the likeliest. */
const MOST = 10;

/** The likeliest class as a word, and a bar per class. */
export const Probabilities = ({ classes, values }: ProbabilitiesProps) => {
  const ranked = classes.map((name, i) => ({ name, value: values[i] })).sort((a, b) => b.value - a.value);
  const shown = classes.length > MOST ? ranked.slice(0, MOST) : classes.map((name, i) => ({ name, value: values[i] }));
  return (
    <div class="own-probabilities">
      <p class="own-value">
        <b data-testid="own-prediction">{ranked[0].name}</b>
        <span class="soft small"> {percent(ranked[0].value)} sure</span>
      </p>
      <ul>
        {shown.map(({ name, value }) => (
          <li key={name}>
            <span>{name}</span>
            <meter min={0} max={1} value={value} aria-label={name} />
            <span>{percent(value)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};
