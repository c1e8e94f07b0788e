import { useState } from 'preact/hooks';
import { SIDE } from '../../../lab/protocol.ts';
import { type Arrangement, atlas, firstOfAtlas, grid, imageOfUnit, maps, matrix } from '../layout/arrangement.ts';
import { gradient, type Scale, type Summary, scaleOf, summaryOf, swatch } from '../layout/scales.ts';
import {
  type Size,
  sizeOfAtlas,
  sizeOfCells,
  sizeOfGrid,
  sizeOfImage,
  sizeOfMaps,
  sizeOfMatrix,
} from '../layout/sizes.ts';
import type { Region } from '../model/breakdown.ts';
import { isLit, lighting } from '../model/lit.ts';
import { inWords, isMatrix, kindOf, layerOf, symbol } from '../model/names.ts';
import { isImage } from '../model/net-layers.ts';
import {
  indexIn,
  lastLayer,
  pixelOf,
  selectElement,
  selectedOf,
  shapeOf,
  tapOf,
  unitOf,
  unitsOf,
} from '../model/selection.ts';
import { exact, short, tiny } from '../model/short-numbers.ts';
import type { View } from '../model/view-of.ts';
import { Letter } from './equation.tsx';
import { Canvas, TensorPicture } from './tensor-picture.tsx';

interface TensorFigureProps {
  readonly view: View;
  readonly name: string;
  /** What is outlined in it. */
  readonly regions?: readonly Region[];
  readonly isResult?: boolean;
}

/** Vectors of up to so many numbers are there as text too, and up to so many are written into the picture. */
const TEXT = 32;
const WRITTEN = 10;

/** A tensor as a picture, with its scale and the value of one element. */
export const TensorFigure = ({ view, name, regions, isResult = false }: TensorFigureProps) => {
  const { shape, data } = view.tensors[name];
  const [pointed, setPointed] = useState<number>();
  const scale = scaleOf(name, data);
  const summary = summaryOf(data);
  const selected = selectedOf(view, name);
  const index = pointed !== undefined && pointed < data.length ? pointed : selected;
  const describe = (i: number): string => `${symbol(name)}${placeIn(view, name, i)} = ${exact(data[i])}`;
  const values = data.length <= TEXT ? Array.from(data) : undefined;
  const common = {
    count: data.length,
    selected,
    describe,
    onPoint: setPointed,
    onSelect: (i: number) => selectElement(view, name, i),
  };
  return (
    <figure
      class={`microscope-figure ${isResult ? 'microscope-result' : ''} ${isLit(name) ? 'microscope-lit' : ''}`}
      {...lighting(name)}
      data-tensor={name}
      data-shape={shape.join()}
      data-min={summary.min}
      data-max={summary.max}
      data-values={values && JSON.stringify(values)}
    >
      <figcaption>
        <Letter name={name} />
        <span class="microscope-dimensions mono">[{shape.join(', ')}]</span>
        <span class="microscope-kind">{kindOf(name)}</span>
      </figcaption>
      <div class="microscope-pictures">
        {picturesOf(view, name).map(({ label, arrangement, size, isWritten }) => (
          <TensorPicture key={label} label={label} arrangement={arrangement} size={size} regions={regions} {...common}>
            {isWritten ? (
              <Cells data={data} scale={scale} />
            ) : (
              <Canvas data={data} arrangement={arrangement} scale={scale} />
            )}
          </TensorPicture>
        ))}
      </div>
      <ColourBar scale={scale} />
      <Facts at={placeIn(view, name, index)} value={data[index]} summary={data.length > 1 ? summary : undefined} />
      {values && <p class="unseen">{`${symbol(name)}: ${values.map(exact).join(', ')}`}</p>}
    </figure>
  );
};

/** '[5]', '[5, 312]' of a matrix, '[map, row, column]' of maps. */
const placeIn = (view: View, name: string, index: number): string => {
  const at = indexIn(view, name, index);
  return at.length > 0 ? `[${at.join(', ')}]` : '';
};

interface Shown {
  readonly label: string;
  readonly arrangement: Arrangement;
  readonly size: Size;
  readonly isWritten?: boolean;
}

function picturesOf(view: View, name: string): Shown[] {
  const { shape, data } = view.tensors[name];
  const layer = layerOf(name, lastLayer(view));
  const label = `${symbol(name)}, ${inWords(name)}`;
  if (!isMatrix(name)) {
    const of = shapeOf(view, layer);
    if (isImage(of) && data.length === unitsOf(view, layer)) {
      const arrangement = maps(of);
      return [{ label, arrangement, size: sizeOfMaps(arrangement) }];
    }
    const arrangement = grid(data.length);
    const isWritten = data.length <= WRITTEN;
    return [{ label, arrangement, size: isWritten ? sizeOfCells(arrangement) : sizeOfGrid(arrangement), isWritten }];
  }
  const [rows, columns] = shape;
  if (view.layers[layer - 1].kind === 'conv2d') return filtersOf(view, name, layer);
  if (layer > 1 || columns !== SIDE * SIDE)
    return [{ label, arrangement: matrix(rows, columns), size: sizeOfMatrix(rows, columns) }];
  const unit = unitOf(view, layer);
  const all = atlas(rows, firstOfAtlas(unit));
  return [
    { label: `${label}: of unit ${unit}, as an image`, arrangement: imageOfUnit(unit), size: sizeOfImage },
    { label: `${label}: of each unit, as images`, arrangement: all, size: sizeOfAtlas(all) },
  ];
}

/** The filter of the map that is looked at, and those of all maps for the input map that is looked at. */
function filtersOf(view: View, name: string, layer: number): Shown[] {
  const { input, output, window } = view.layers[layer - 1];
  const { size } = window!;
  const taps = input[0] * size ** 2;
  const { channel } = pixelOf(view, layer);
  const from = Math.floor(tapOf(view, layer) / size ** 2);
  const label = `${symbol(name)}, ${inWords(name)}`;
  const own = maps([input[0], size, size], channel * taps);
  const all = maps([output[0], size, size], from * size ** 2, taps);
  const shown = [{ label: `${label}: filter ${channel}`, arrangement: own, size: sizeOfMaps(own) }];
  const others = { label: `${label}: of each filter, for input map ${from}`, arrangement: all, size: sizeOfMaps(all) };
  return output[0] > 1 ? [...shown, others] : shown;
}

/** A few numbers as squares with the number in them; above it the index, which at the output is the digit. */
const Cells = ({ data, scale }: { readonly data: Float32Array; readonly scale: Scale }) => (
  <div class="microscope-cells" aria-hidden="true" style={{ '--columns': Math.min(data.length, 5) }}>
    {Array.from(data, (value, i) => (
      <span key={i} style={swatch(value, scale)}>
        {data.length > 1 && <small>{i}</small>}
        {tiny(value)}
      </span>
    ))}
  </div>
);

/** Which colour is which number. */
const ColourBar = ({ scale }: { readonly scale: Scale }) => (
  <div class="microscope-scale">
    <div class="microscope-scale-bar" style={{ background: gradient(scale) }} />
    <div class="microscope-scale-numbers">
      <span>{tiny(scale.low)}</span>
      {scale.low < 0 && <span>0</span>}
      <span>{tiny(scale.high)}</span>
    </div>
  </div>
);

interface FactsProps {
  /** The index of the element: '[5]'. */
  readonly at: string;
  readonly value: number;
  readonly summary: Summary | undefined;
}

/** One element to its last digit, and what they are like as a whole. */
const Facts = ({ at, value, summary }: FactsProps) => (
  <dl class="microscope-facts">
    <div class="microscope-element">
      <dt>{at || 'value'}</dt>
      <dd>{exact(value)}</dd>
    </div>
    {summary &&
      (['min', 'max', 'mean'] as const).map((what) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{short(summary[what])}</dd>
        </div>
      ))}
  </dl>
);
