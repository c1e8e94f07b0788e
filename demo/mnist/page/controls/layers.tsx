import { useRef } from 'preact/hooks';
import { activations, type HiddenLayer, limits, usual } from '../../config.ts';
import { Term } from '../glossary/term.tsx';
import { config, configure } from '../state/index.ts';
import { Choice } from './choice.tsx';
import { NumberField } from './number-field.tsx';
import { shape } from './phrases.ts';

/** The hidden layers, from the pixels to the classes. */
export const Layers = () => {
  const add = useRef<HTMLButtonElement>(null);
  const { hidden } = config.value;
  const isFull = hidden.length >= limits.layers;
  const change = (at: number, ...layers: HiddenLayer[]) => configure({ hidden: hidden.toSpliced(at, 1, ...layers) });
  return (
    <div class="layers">
      {hidden.length > 0 && (
        <p class="layers-head small soft">
          <span>
            Hidden <Term of="unit">units</Term>
          </span>
          <Term of="activation">Activation</Term>
        </p>
      )}
      <ol class="layers-list" aria-label="Hidden layers">
        {hidden.map((layer, at) => (
          <LayerRow
            key={at}
            number={at + 1}
            layer={layer}
            onChange={(changed) => change(at, changed)}
            onRemove={() => {
              change(at);
              add.current?.focus(); // the button that was pressed is gone
            }}
          />
        ))}
      </ol>
      <button
        ref={add}
        type="button"
        aria-disabled={isFull}
        onClick={() => isFull || configure({ hidden: [...hidden, hidden.at(-1) ?? usual.hidden[0]] })}
      >
        {isFull ? `${limits.layers} layers at most` : 'Add a hidden layer'}
      </button>
      <p class="layers-shape mono small" data-testid="shape">
        <span class="unseen">Shape: </span>
        {shape(config.value)}
      </p>
    </div>
  );
};

interface LayerRowProps {
  /** From 1. */
  readonly number: number;
  readonly layer: HiddenLayer;
  readonly onChange: (layer: HiddenLayer) => void;
  readonly onRemove: () => void;
}

const LayerRow = ({ number, layer, onChange, onRemove }: LayerRowProps) => (
  <li class="layers-row">
    <NumberField
      label={`Units of hidden layer ${number}`}
      unseen
      whole
      value={layer.units}
      limits={limits.units}
      onCommit={(units) => onChange({ ...layer, units })}
    />
    <Choice
      label={`Activation of hidden layer ${number}`}
      unseen
      value={layer.activation}
      options={activations}
      onChoose={(activation) => onChange({ ...layer, activation })}
    />
    <button type="button" class="layers-remove" aria-label={`Remove hidden layer ${number}`} onClick={onRemove}>
      <span aria-hidden="true">×</span>
    </button>
  </li>
);
