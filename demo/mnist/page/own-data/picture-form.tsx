/** A picture to try, and what the net takes it for. */
import { signal, useSignalEffect } from '@preact/signals';
import type { OwnPrepared } from '../../lab/own-data/own-protocol.ts';
import { Section } from '../shared/section.tsx';
import { createAsking } from './asking.ts';
import { FileDrop } from './file-drop.tsx';
import { OwnPicture } from './own-picture.tsx';
import { frame, lab, prepared } from './own-state.ts';
import { Probabilities } from './probabilities.tsx';

const file = signal<File>();
/** With the net that gave it. */
const answer = signal<{ readonly net: OwnPrepared; readonly outputs: Float32Array; readonly pixels: Uint8Array }>();
const refusal = signal<string>();

const ask = createAsking(async () => {
  const [net, picture] = [prepared.value, file.value];
  if (!net || !picture) return;
  try {
    const found = await (await lab).predictPicture(picture);
    if (net !== prepared.value) return;
    answer.value = { net, ...found };
    refusal.value = undefined;
  } catch (error) {
    if (net === prepared.value) refusal.value = (error as Error).message;
  }
});

export const PictureForm = () => {
  useSignalEffect(() => {
    void [frame.value, file.value];
    void ask();
  });
  const [net, found] = [prepared.value, answer.value];
  if (net?.target.kind !== 'class') return null;
  const { classes } = net.target;
  return (
    <Section id="own-try" title="Try a picture" lead="Give a picture that the network has not seen.">
      <FileDrop
        title="Choose a picture"
        accept="image/png,image/jpeg"
        onFiles={([first]) => {
          answer.value = undefined;
          file.value = first;
        }}
      >
        <span class="small soft">or drop it here.</span>
      </FileDrop>
      <div aria-live="polite">
        {refusal.value && <p class="small own-wrong">{refusal.value}</p>}
        {!refusal.value && found?.net === net && (
          <div class="own-tried">
            <OwnPicture pixels={found.pixels} shape={net.shape} label="The picture as the network sees it" />
            <Probabilities classes={classes} values={found.outputs} />
          </div>
        )}
      </div>
    </Section>
  );
};
