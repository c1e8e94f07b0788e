import { useSignal, useSignalEffect } from '@preact/signals';
import type { Report } from 'retrograd';
import { askCurrent, isReady, lab, machine, status } from '../state/index.ts';
import { Comparisons } from './comparisons.tsx';
import { verdict } from './findings.ts';

/** One step on the GPU against the CPU, on request. */
export const Check = () => {
  const report = useSignal<Report>();
  const isChecking = useSignal(false);
  useSignalEffect(() => {
    if (status.value === 'preparing') report.value = undefined;
  });
  const check = async () => {
    isChecking.value = true;
    report.value = await askCurrent(() => lab.check());
    isChecking.value = false;
  };
  return (
    <div class="trust-part">
      <h3>One step, tensor by tensor</h3>
      <p class="small">
        {machine.value?.name ?? 'The GPU'} takes one step. A reference on the CPU repeats each kernel on the same inputs
        in 64-bit floats. Each element has its own bound: the most that rounding to 32 bits can change it. The step is
        undone afterwards.
      </p>
      <div class="row">
        <button type="button" disabled={!isReady.value || isChecking.value} onClick={check}>
          Check against the CPU
        </button>
      </div>
      <p class={report.value?.ok === false ? 'trust-verdict is-bad' : 'trust-verdict'} aria-live="polite">
        {isChecking.value ? 'Checking…' : report.value ? verdict(report.value) : ''}
      </p>
      {report.value && <Comparisons report={report.value} />}
    </div>
  );
};
