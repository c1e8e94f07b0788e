import { useSignal, useSignalEffect } from '@preact/signals';
import type { Speed } from '../../lab/protocol.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { askCurrent, isReady, lab, status } from '../state/index.ts';
import { limitInWords, rate, ratioInWords, timeOfStep } from './findings.ts';

/** A step on the GPU and on the CPU side by side, on request. */
export const SpeedComparison = () => {
  const speed = useSignal<Speed>();
  const isTiming = useSignal(false);
  useSignalEffect(() => {
    if (status.value === 'preparing') speed.value = undefined;
  });
  const time = async () => {
    isTiming.value = true;
    speed.value = await askCurrent(() => lab.speed());
    isTiming.value = false;
  };
  return (
    <div class="trust-part">
      <h3>GPU and CPU, side by side</h3>
      <p class="small">
        Two networks like this one take the same steps: one on the GPU, one on the CPU reference. The reference is
        written to be checked, not to be fast. A product of two large matrices then shows what the adapter reaches where
        it has more to do at once.
      </p>
      <div class="row">
        <button type="button" disabled={!isReady.value || isTiming.value} onClick={time}>
          Time a step on both
        </button>
      </div>
      <p class="small" aria-live="polite">
        {isTiming.value ? 'Timing…' : speed.value && `${ratioInWords(speed.value)} ${limitInWords(speed.value)}`}
      </p>
      {speed.value && <Times speed={speed.value} />}
    </div>
  );
};

const Times = ({ speed: { gpu, cpu } }: { readonly speed: Speed }) => (
  <Scrollable label="Time of a step on GPU and CPU">
    <table class="trust-table">
      <thead>
        <tr>
          <th scope="col">On</th>
          <th scope="col">Milliseconds per step</th>
          <th scope="col">10⁹ operations a second</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries({ GPU: gpu, 'CPU reference': cpu }).map(([name, step]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td data-label="Milliseconds per step">{timeOfStep(step.milliseconds)}</td>
            <td data-label="10⁹ operations a second">{rate(step.gflopPerSecond)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scrollable>
);
