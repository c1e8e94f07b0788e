import { diverging } from '../pictures.ts';

const gradient = [-1, 0, 1].map((t) => `rgb(${diverging(t).map(Math.round).join(' ')})`).join(', ');

/** What the colours stand for, from -high to high; a few numbers lie beyond. */
export const ColourBar = ({ high }: { readonly high: number | undefined }) => {
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
