import './layers.css';
import { NumberField } from './number-field.tsx';

interface UnitCountsProps {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly limits: { readonly layers: number; readonly units: { readonly least: number; readonly most: number } };
  /** Units of a layer that is added to none. */
  readonly first: number;
  readonly onChange: (hidden: number[]) => void;
}

/** Hidden layers of which only the number of units is chosen. */
export const UnitCounts = ({ hidden, limits, first, onChange }: UnitCountsProps) => {
  const isFull = hidden.length >= limits.layers;
  const change = (at: number, ...units: number[]) => onChange(hidden.toSpliced(at, 1, ...units));
  return (
    <div class="layers">
      <ol class="layers-list" aria-label="Hidden layers">
        {hidden.map((units, at) => (
          <li key={at} class="layers-units controls-line">
            <NumberField
              label={`Layer ${at + 1}, units`}
              whole
              value={units}
              limits={limits.units}
              onCommit={(count) => change(at, count)}
            />
            <button
              type="button"
              class="layers-remove"
              aria-label={`Remove hidden layer ${at + 1}`}
              onClick={() => change(at)}
            >
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ol>
      <button
        type="button"
        aria-disabled={isFull}
        onClick={() => isFull || onChange([...hidden, hidden.at(-1) ?? first])}
      >
        {isFull ? `${limits.layers} layers at most` : 'Add a hidden layer'}
      </button>
    </div>
  );
};
