import { toHash } from '../../config.ts';
import { presets } from '../../presets.ts';
import { config } from '../state/index.ts';

/** Links to well-known nets, on the data and with the seed of now. */
export const Presets = () => (
  <nav class="layers-presets small" aria-label="Presets">
    {Object.entries(presets).map(([title, preset]) => {
      const hash = toHash({ ...config.value, ...preset });
      return (
        <a key={title} href={hash || '#'} aria-current={hash === toHash(config.value) ? 'true' : undefined}>
          {title}
        </a>
      );
    })}
  </nav>
);
