import { Picture } from '../picture.tsx';
import { seen } from './drawing.ts';
import { named } from './guess.ts';

const BLANK = new Float32Array(784);

/** The 28×28 pixels that go into the network. */
export const Seen = () => {
  const { title, label, pixels } = seen.value ?? { title: 'nothing yet', pixels: BLANK };
  return (
    <figure class="try-seen">
      <Picture pixels={pixels} label="What the network sees" />
      <figcaption class="soft small">
        What the network sees: {title}
        {label !== undefined && `, ${named(label)}`}
      </figcaption>
    </figure>
  );
};
