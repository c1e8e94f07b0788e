import { useSignalEffect } from '@preact/signals';
import { openInMicroscope } from '../open-in-microscope.ts';
import { Section } from '../section.tsx';
import { firstLayer, isReady } from '../state.ts';
import { clear, read, seen, takeTestDigit } from './drawing.ts';
import { Outputs } from './outputs.tsx';
import { Pad } from './pad.tsx';
import { Seen } from './seen.tsx';
import { Verdict } from './verdict.tsx';
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
          <Pad />
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
