import { useEffect, useRef } from 'preact/hooks';
import { CLASSES, SIDE } from '../../lab/protocol.ts';
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
): void {
  const pixels = mosaic(weights, count, columns, high);
  const width = extent(columns);
  canvas.width = width;
  canvas.height = pixels.length / width;
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), width);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** A box per picture over the canvas, that says which it is. */
const Names = ({ layout, count, high, name, mark }: PicturesProps & { readonly layout: Layout }) => (
  <ol
    class={`training-names${high === undefined ? ' training-blank' : ''}`}
    style={{
      gridTemplateColumns: `repeat(${layout.columns}, ${SIDE * layout.scale}px)`,
      gridAutoRows: `${SIDE * layout.scale}px`,
      gap: `${(extent(2) - 2 * SIDE) * layout.scale}px`,
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
  const { count, high } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box, WIDTH);
  const layout = layOut(count, width, Math.min(HEIGHT, width), devicePixelRatio);
  const weights = firstLayer.value;
  useEffect(() => {
    if (weights && high !== undefined) paintInto(canvas.current!, weights.data, count, layout.columns, high);
  }, [weights, count, layout.columns, high]);
  const size = {
    width: `${extent(layout.columns) * layout.scale}px`,
    height: `${extent(layout.rows) * layout.scale}px`,
  };
  return (
    <div ref={box}>
      <div class="training-pictures" style={size} role="img" aria-label={`${count} pictures of weights, 28 by 28 each`}>
        <canvas ref={canvas} style={size} />
        <Names {...props} layout={layout} />
      </div>
    </div>
  );
};

/** Rows of W1 [units, 784] as pictures. */
export const FirstLayer = () => {
  const { value: weights } = firstLayer;
  const units = weights?.shape[0] ?? config.value.hidden[0]?.units ?? CLASSES;
  const count = Math.min(units, MOST_PICTURES);
  const high = weights && reach(weights.data.subarray(0, count * SIDE * SIDE));
  // Without a hidden layer the outputs are on the pixels.
  const isOutput = config.value.hidden.length === 0 && units === CLASSES;
  return (
    <div class="training-weights">
      <div>
        <h3>Weights of the first layer</h3>
        <p class="soft small">
          W1 has the shape [out, in] = [{units}, 784]. Each picture is one row of it, as 28 × 28 pixels.{' '}
          {isOutput
            ? 'Ink on an orange pixel is evidence for the digit, ink on a blue one against it.'
            : 'Ink on an orange pixel drives the unit up, ink on a blue one drives it down.'}
        </p>
      </div>
      <div class="row training-key">
        <ColourBar high={high} />
        <p class="soft small">
          {count < units ? `The first ${count} of ${units} units` : `All ${units} ${isOutput ? 'outputs' : 'units'}`}{' '}
          share one scale.
        </p>
      </div>
      <Pictures
        count={count}
        high={high}
        name={(i) => (isOutput ? `digit ${i}` : `unit ${i}`)}
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
