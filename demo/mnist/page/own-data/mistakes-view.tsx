/** The pictures held out that the net is wrong about, or least sure of. */
import { signal, useSignalEffect } from '@preact/signals';
import type { OwnMistake, OwnPrepared } from '../../lab/own-data/own-protocol.ts';
import { percent } from '../shared/numbers.ts';
import { createAsking } from './asking.ts';
import { OwnPicture } from './own-picture.tsx';
import { frame, isPlaying, lab, prepared } from './own-state.ts';

/** With the net that made them. */
const mistakes = signal<{ readonly net: OwnPrepared; readonly all: readonly OwnMistake[] }>();

const ask = createAsking(async () => {
  const net = prepared.value;
  if (!net || isPlaying.value) return;
  const found = await (await lab).mistakes().catch(() => []);
  mistakes.value = { net, all: found };
});

export const MistakesView = () => {
  useSignalEffect(() => {
    void [frame.value, isPlaying.value];
    void ask();
  });
  const net = prepared.value;
  const found = mistakes.value;
  const shown = found && found.net === net ? found.all : [];
  if (net?.target.kind !== 'class' || shown.length === 0) return null;
  const { classes } = net.target;
  const wrong = shown.filter(({ label, guess }) => label !== guess).length;
  return (
    <div class="own-mistakes">
      <h3>Hardest of those held out</h3>
      <p class="soft small">
        {wrong === 0 ? 'The network gets all of them right.' : 'Wrong ones have an orange frame.'} Below each: what it
        is, and how probable the network finds that.
      </p>
      <ul>
        {shown.map(({ label, guess, probability, pixels }, i) => (
          <li key={i} data-wrong={label !== guess}>
            <OwnPicture
              pixels={pixels}
              shape={net.shape}
              label={label === guess ? classes[label] : `${classes[label]}, taken for ${classes[guess]}`}
            />
            <span class="small">
              {classes[label]} {percent(probability, 0)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
};
