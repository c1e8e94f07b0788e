import { activations, type HiddenLayer, limits } from '../../config.ts';
import { Choice } from './choice.tsx';
import { NumberField } from './number-field.tsx';

interface LayerRowProps {
  /** From 1. */
  readonly number: number;
  readonly layer: HiddenLayer;
  readonly onChange: (layer: HiddenLayer) => void;
  readonly onRemove: () => void;
}

export const LayerRow = ({ number, layer, onChange, onRemove }: LayerRowProps) => (
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
