import type { View } from './inspection.ts';
import { lastLayer, select, unitOf, unitsOf } from './selection.ts';

/** The unit that numbers are written out for. Pictures choose it as well, by a click or by arrow keys. */
export const UnitChoice = ({ view, layer }: { readonly view: View; readonly layer: number }) => {
  const units = unitsOf(view, layer);
  const what = layer === 0 ? 'Pixel' : layer === lastLayer(view) ? 'Output' : `Unit of layer ${layer}`;
  return (
    <label class="microscope-unit">
      {what}, 0 to {units - 1}
      <input
        type="number"
        min={0}
        max={units - 1}
        value={unitOf(view, layer)}
        onInput={({ currentTarget: { value, valueAsNumber } }) => {
          if (value !== '' && Number.isInteger(valueAsNumber) && valueAsNumber >= 0 && valueAsNumber < units) {
            select(layer, valueAsNumber);
          }
        }}
      />
    </label>
  );
};
