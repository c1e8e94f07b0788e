import { tiny } from './format.ts';
import { type Scale, swatch } from './scales.ts';

/** A few numbers as squares with the number in them; above it the index, which at the output is the digit. */
export const Cells = ({ data, scale }: { readonly data: Float32Array; readonly scale: Scale }) => (
  <div class="microscope-cells" aria-hidden="true" style={{ '--columns': Math.min(data.length, 5) }}>
    {Array.from(data, (value, i) => (
      <span key={i} style={swatch(value, scale)}>
        {data.length > 1 && <small>{i}</small>}
        {tiny(value)}
      </span>
    ))}
  </div>
);
