import { useSignalEffect } from '@preact/signals';
import { DigitPicture } from '../shared/digit-picture.tsx';
import { percent } from '../shared/numbers.ts';
import { openInMicroscope } from '../shared/open-in-microscope.ts';
import { Pad } from '../shared/pad.tsx';
import { Section } from '../shared/section.tsx';
import { firstLayer, isReady, latest } from '../state/index.ts';
import { clear, drawAgain, outputs, read, seen, strokes, takenPixels, takeTestDigit } from './drawing.ts';
import { guess, named } from './guess.ts';
import { Outputs } from './outputs.tsx';
import './try.css';

export const Try = () => {
  useSignalEffect(() => {
    seen.value;
    isReady.value;
    firstLayer.value; // comes anew with every change of the weights, a few times a second at most
    void read();
  });
  return (
    <Section
      id="try"
      title="Draw a digit"
      lead="Draw with a mouse, a finger or a pen. The network guesses as you draw. It sees 28 × 28 pixels, scaled and centred as in MNIST."
    >
      <div class="try">
        <div class="try-left">
          <Pad strokes={strokes} taken={takenPixels} hint="Draw a digit here" onBegin={drawAgain} />
          <div class="row">
            <button type="button" disabled={!seen.value} onClick={clear}>
              Clear
            </button>
            <button type="button" disabled={!isReady.value} onClick={takeTestDigit}>
              Use a test digit
            </button>
          </div>
        </div>
        <div class="try-right">
          <Verdict />
          <div class="try-reading">
            <Seen />
            <Outputs />
          </div>
          <div class="row">
            <button
              type="button"
              disabled={!seen.value || !isReady.value}
              onClick={() => seen.value && openInMicroscope(seen.value)}
            >
              Open in the microscope
            </button>
          </div>
        </div>
      </div>
    </Section>
  );
};

const BLANK = new Float32Array(784);

/** The 28×28 pixels that go into the network. */
const Seen = () => {
  const { title, label, pixels } = seen.value ?? { title: 'nothing yet', pixels: BLANK };
  return (
    <figure class="try-seen">
      <DigitPicture pixels={pixels} label="What the network sees" />
      <figcaption class="soft small">
        What the network sees: {title}
        {label !== undefined && `, ${named(label)}`}
      </figcaption>
    </figure>
  );
};

/** Below this share of the test samples the guess says more about the training than about the drawing. */
const LEARNT = 0.7;

/** The guess in words, and how far to trust it. */
const Verdict = () => {
  const accuracy = latest.value?.accuracy ?? 0;
  const isUntrained = isReady.value && !(accuracy >= LEARNT);
  return (
    <div>
      <p class="try-guess" aria-live="polite">
        {outputs.value ? guess(outputs.value) : seen.value ? 'Waiting for the network' : 'Nothing drawn yet'}
      </p>
      <p class="soft small">
        {isReady.value
          ? `The network classifies ${percent(accuracy)} of the test digits correctly.`
          : 'There is no network right now.'}
        {isUntrained && ' Train it first.'}
      </p>
    </div>
  );
};
