import { tiny } from './format.ts';
import { gradient, type Scale } from './scales.ts';

/** Which colour is which number. */
export const ColourBar = ({ scale }: { readonly scale: Scale }) => (
  <div class="microscope-scale">
    <div class="microscope-scale-bar" style={{ background: gradient(scale) }} />
    <div class="microscope-scale-numbers">
      <span>{tiny(scale.low)}</span>
      {scale.low < 0 && <span>0</span>}
      <span>{tiny(scale.high)}</span>
    </div>
  </div>
);
