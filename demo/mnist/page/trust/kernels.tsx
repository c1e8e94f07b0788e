import { useSignal, useSignalEffect } from '@preact/signals';
import type { Profile } from 'retrograd/bench';
import { percent } from '../shared/numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { askCurrent, isReady, lab, status } from '../state/index.ts';
import { caution } from './findings.ts';
import { Meter } from './meter.tsx';

/** GPU time of each kernel, on request. */
export const Kernels = () => {
  const profile = useSignal<Profile | 'missing'>();
  const isTiming = useSignal(false);
  useSignalEffect(() => {
    if (status.value === 'preparing') profile.value = undefined;
  });
  const time = async () => {
    isTiming.value = true;
    // In an object, to tell a device without timestamps from a question that got no answer.
    const answer = await askCurrent(async () => ({ timed: await lab.profile() }));
    profile.value = answer && (answer.timed ?? 'missing');
    isTiming.value = false;
  };
  return (
    <div class="trust-part">
      <h3>GPU time of each kernel</h3>
      <p class="small">Timing takes about a second. It also trains the network for a few dozen steps or more.</p>
      <div class="row">
        <button type="button" disabled={!isReady.value || isTiming.value} onClick={time}>
          Time the kernels
        </button>
      </div>
      <p class="small" aria-live="polite">
        {isTiming.value ? 'Timing…' : told(profile.value)}
      </p>
      {profile.value && profile.value !== 'missing' && <Times profile={profile.value} />}
    </div>
  );
};

function told(profile: Profile | 'missing' | undefined): string | undefined {
  if (profile === 'missing') return 'This browser or device has no timestamp queries, so the kernels cannot be timed.';
  return profile && caution(profile);
}

const Times = ({ profile: { kernels } }: { profile: Profile }) => {
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return (
    <Scrollable label="GPU time of each kernel">
      <table class="trust-table trust-kernels">
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col">Milliseconds per run</th>
            <th scope="col">Share of total</th>
            <th scope="col">Runs timed</th>
          </tr>
        </thead>
        <tbody>
          {kernels.map(({ label, milliseconds, runs }, i) => (
            <tr key={i}>
              <th scope="row">{label}</th>
              <td data-label="Milliseconds per run">{milliseconds.toFixed(4)}</td>
              <td data-label="Share of total">
                <Meter
                  share={total > 0 ? milliseconds / total : 0}
                  text={percent(total > 0 ? milliseconds / total : 0)}
                />
              </td>
              <td data-label="Runs timed">{runs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
};
