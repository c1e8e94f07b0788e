import { useSignal, useSignalEffect } from '@preact/signals';
import type { RecoveryProof } from '../../lab/protocol.ts';
import { integer } from '../shared/numbers.ts';
import { askCurrent, isReady, lab, recoveries, status } from '../state/index.ts';
import { isProven, recoveryVerdict } from './findings.ts';

/** What happens when the device goes: how often it did, and a proof on request. */
export const LossProof = () => {
  const proof = useSignal<RecoveryProof>();
  const isRunning = useSignal(false);
  useSignalEffect(() => {
    if (status.value === 'preparing') proof.value = undefined;
  });
  const prove = async () => {
    isRunning.value = true;
    proof.value = await askCurrent(() => lab.loseDevice());
    isRunning.value = false;
  };
  const isSame = proof.value && isProven(proof.value);
  return (
    <div class="trust-part">
      <h3>A lost device</h3>
      <p class="small">
        A driver may restart, or the system may take the GPU away. Training then goes on with a new device from the last
        snapshot, and ends with the same bits.{' '}
        {recoveries.value ? happened(recoveries.value) : 'This has not happened to this network.'}
      </p>
      <p class="small">
        The button trains two networks like this one from scratch. The second one loses its device on the way. Your
        network is not touched.
      </p>
      <div class="row">
        <button type="button" disabled={!isReady.value || isRunning.value} onClick={prove}>
          Lose the device
        </button>
      </div>
      <p class={isSame === false ? 'trust-verdict is-bad' : 'trust-verdict'} aria-live="polite">
        {isRunning.value ? 'Training twice…' : proof.value ? recoveryVerdict(proof.value) : ''}
      </p>
      {proof.value && <Digests digests={proof.value.digests} />}
    </div>
  );
};

const happened = ({ count, step }: { readonly count: number; readonly step: number }): string =>
  count === 1
    ? `This happened once, and training went on from step ${integer(step)}.`
    : `This happened ${integer(count)} times, and training last went on from step ${integer(step)}.`;

const Digests = ({ digests: [whole, broken] }: Pick<RecoveryProof, 'digests'>) => (
  <dl class="trust-digests small">
    <div>
      <dt>SHA-256 of the weights without the loss</dt>
      <dd class="mono">{whole}</dd>
    </div>
    <div>
      <dt>With the loss</dt>
      <dd class="mono">{broken}</dd>
    </div>
  </dl>
);
