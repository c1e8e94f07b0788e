import { isImage } from '../model/net-layers.ts';
import { lastLayer, pixelOf, select, selectTap, shapeOf, tapOf, unitOf, unitsOf } from '../model/selection.ts';
import type { View } from '../model/view-of.ts';
import { indexOf, type Place, placeOf } from '../model/windows.ts';

interface ChoiceProps {
  readonly view: View;
  readonly layer: number;
}

/** The unit that numbers are written out for, or the pixel of a map. Pictures choose it as well, by a click or by arrow keys. */
export const UnitChoice = ({ view, layer }: ChoiceProps) => {
  const shape = shapeOf(view, layer);
  if (isImage(shape)) {
    const onChoose = (place: Place) => select(view, layer, indexOf(place, shape));
    return <PlaceChoice shape={shape} place={pixelOf(view, layer)} onChoose={onChoose} first="Map" />;
  }
  const what = layer === 0 ? 'Pixel' : layer === lastLayer(view) ? 'Output' : `Unit of layer ${layer}`;
  const onChoose = (unit: number) => select(view, layer, unit);
  return <NumberChoice label={what} count={unitsOf(view, layer)} value={unitOf(view, layer)} onChoose={onChoose} />;
};

/** The weight of a filter. */
export const WeightChoice = ({ view, layer }: ChoiceProps) => {
  const { input, window } = view.layers[layer - 1];
  const shape = [input[0], window!.size, window!.size];
  const onChoose = (place: Place) => selectTap(layer, indexOf(place, shape));
  return (
    <PlaceChoice
      shape={shape}
      place={placeOf(tapOf(view, layer), shape)}
      onChoose={onChoose}
      first="Input map"
      of="of the weight"
    />
  );
};

interface PlaceChoiceProps {
  readonly shape: readonly number[];
  readonly place: Place;
  /** What the first of the three numbers counts. */
  readonly first: string;
  readonly of?: string;
  readonly onChoose: (place: Place) => void;
}

const PlaceChoice = ({ shape: [channels, height, width], place, first, of = '', onChoose }: PlaceChoiceProps) => {
  const { channel, y, x } = place;
  return (
    <>
      {channels > 1 && (
        <NumberChoice
          label={first}
          count={channels}
          value={channel}
          onChoose={(channel) => onChoose({ ...place, channel })}
        />
      )}
      <NumberChoice label={`Row ${of}`} count={height} value={y} onChoose={(y) => onChoose({ ...place, y })} />
      <NumberChoice label={`Column ${of}`} count={width} value={x} onChoose={(x) => onChoose({ ...place, x })} />
    </>
  );
};

interface NumberChoiceProps {
  readonly label: string;
  readonly count: number;
  readonly value: number;
  readonly onChoose: (value: number) => void;
}

const NumberChoice = ({ label, count, value, onChoose }: NumberChoiceProps) => (
  <label class="microscope-unit">
    {label.trim()}, 0 to {count - 1}
    <input
      type="number"
      min={0}
      max={count - 1}
      value={value}
      onInput={({ currentTarget: { value, valueAsNumber } }) => {
        if (value !== '' && Number.isInteger(valueAsNumber) && valueAsNumber >= 0 && valueAsNumber < count) {
          onChoose(valueAsNumber);
        }
      }}
    />
  </label>
);
