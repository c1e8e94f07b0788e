import { useEffect, useRef } from 'preact/hooks';
import { size } from '../../layers.ts';
import { parameterShapes, weightedLayers, withOutputs } from '../../net-shapes.ts';
import { diverging } from '../shared/colours.ts';
import { useWidth } from '../shared/use-width.ts';
import { config, firstLayer } from '../state/index.ts';
import { extent, type Layout, layOut, MOST_PICTURES, mosaic, reach } from './mosaic.ts';

/** Pictures get smaller before they take more, in CSS pixels, or more than a square. */
const HEIGHT = 500;
/** Before the room is measured. */
const WIDTH = 300;

interface PicturesProps {
  readonly count: number;
  /** Numbers on a side of each. */
  readonly side: number;
  readonly high: number | undefined;
  /** Of a picture: 'unit 12'. */
  readonly name: (index: number) => string;
  /** Written into each picture. */
  readonly mark?: (index: number) => string;
}

function paintInto(
  canvas: HTMLCanvasElement,
  weights: Float32Array,
  count: number,
  columns: number,
  high: number,
  side: number,
): void {
  const pixels = mosaic(weights, count, columns, high, side);
  const width = extent(columns, side);
  canvas.width = width;
  canvas.height = pixels.length / width;
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** A box per picture over the canvas, that says which it is. */
const Names = ({ layout, count, side, high, name, mark }: PicturesProps & { readonly layout: Layout }) => (
  <ol
    class={`training-names${high === undefined ? ' training-blank' : ''}`}
    style={{
      gridTemplateColumns: `repeat(${layout.columns}, ${side * layout.scale}px)`,
      gridAutoRows: `${side * layout.scale}px`,
      gap: `${(extent(2, side) - 2 * side) * layout.scale}px`,
    }}
  >
    {Array.from({ length: count }, (_, i) => (
      <li key={name(i)} title={name(i)}>
        {mark?.(i)}
      </li>
    ))}
  </ol>
);

const Pictures = (props: PicturesProps) => {
  const { count, high, side } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box, WIDTH);
  const layout = layOut(count, width, Math.min(HEIGHT, width), devicePixelRatio, side);
  const weights = firstLayer.value;
  useEffect(() => {
    if (weights && high !== undefined) paintInto(canvas.current!, weights.data, count, layout.columns, high, side);
  }, [weights, count, layout.columns, high, side]);
  const size = {
    width: `${extent(layout.columns, side) * layout.scale}px`,
    height: `${extent(layout.rows, side) * layout.scale}px`,
  };
  return (
    <div ref={box}>
      <div
        class="training-pictures"
        style={size}
        role="img"
        aria-label={`${count} pictures of weights, ${side} by ${side} each`}
      >
        <canvas ref={canvas} style={size} />
        <Names {...props} layout={layout} />
      </div>
    </div>
  );
};

/** Rows of the first weights, [units, pixels] or [filters, pixels], as pictures. */
export const FirstLayer = () => {
  const { hidden } = config.value;
  const [layer] = weightedLayers(hidden);
  const [units, ...row] = parameterShapes(hidden).get(`layers.${layer - 1}.weight`)!;
  const pixels = size(row);
  const side = Math.sqrt(pixels);
  const count = Math.min(units, MOST_PICTURES);
  // Those of the net before have another shape.
  const weights = firstLayer.value?.data.length === units * pixels ? firstLayer.value : undefined;
  const high = weights && reach(weights.data.subarray(0, count * pixels));
  const isOutput = layer > hidden.length;
  const isFilter = withOutputs(hidden)[layer - 1].kind === 'conv2d';
  const [one, all] = isFilter ? ['filter', 'filters'] : isOutput ? ['digit', 'outputs'] : ['unit', 'units'];
  return (
    <div class="training-weights">
      <div>
        <h3>{isFilter ? 'Filters' : 'Weights'} of the first layer</h3>
        <p class="soft small">
          W{layer} has the shape [out, in] = [{units}, {pixels}]. Each picture is one{' '}
          {isFilter ? 'filter' : 'row of it'}, as {side} × {side} pixels.{' '}
          {isFilter
            ? 'It slides over the digit. Where ink lies on orange pixels and none on blue ones, its feature map is bright.'
            : isOutput
              ? 'Ink on an orange pixel is evidence for the digit, ink on a blue one against it.'
              : 'Ink on an orange pixel drives the unit up, ink on a blue one drives it down.'}
        </p>
      </div>
      <div class="row training-key">
        <ColourBar high={high} />
        <p class="soft small">
          {count < units ? `The first ${count} of ${units} ${all}` : `All ${units} ${all}`} share one scale.
        </p>
      </div>
      <Pictures
        count={count}
        side={side}
        high={high}
        name={(i) => `${one} ${i}`}
        mark={isOutput ? String : undefined}
      />
    </div>
  );
};

const gradient = [-1, 0, 1].map((t) => `rgb(${diverging(t).map(Math.round).join(' ')})`).join(', ');

/** What the colours stand for, from -high to high; a few numbers lie beyond. */
const ColourBar = ({ high }: { readonly high: number | undefined }) => {
  const known = high !== undefined && Number.isFinite(high);
  const end = known ? high.toPrecision(2) : '';
  return (
    <p class="training-bar small soft">
      <span class="training-end">{known ? `≤ −${end}` : '−'}</span>
      <span class="training-gradient" style={{ background: `linear-gradient(to right, ${gradient})` }} />
      <span class="training-end">{known ? `≥ +${end}` : '+'}</span>
    </p>
  );
};
