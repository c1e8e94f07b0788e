import { useSignal } from '@preact/signals';
import type { Steps } from 'retrograd';
import { machine } from '../state/index.ts';
import { onlyInPages, whyOnCpu } from './titles.ts';

/** The rest is advice to programs. */
const firstSentence = (text: string): string => text.split(/(?<=\.) /)[0];

/** Why there is no GPU, what goes on without it, and how to get it. */
export const CpuNotice = () => {
  const isDismissed = useSignal(false);
  const { kind, reason, missing, advice } = machine.value ?? {};
  const isShown = kind === 'cpu' && reason !== undefined && !isDismissed.value;
  const isInPage = Boolean(navigator.gpu);
  return (
    <div role="status">
      {isShown && (
        <div class="notice" data-kind="warn">
          <h2 class="notice-title">Training on the CPU: {whyOnCpu(missing, isInPage)}</h2>
          <p>
            The page works without a GPU, only slower. A plain reference implementation trains a small network on fewer
            digits. The checks and timings of the GPU are left out.
          </p>
          <details>
            <summary>How to train on a GPU</summary>
            <div class="notice-advice small">
              {missing === 'webgpu' && isInPage && <p>{onlyInPages}</p>}
              {advice?.here && <AdviceList {...advice.here} />}
              {advice?.elsewhere.map((steps) => (
                <AdviceList key={steps.title} {...steps} />
              ))}
              <p class="soft">The error was: {firstSentence(reason)}</p>
            </div>
          </details>
          <button
            type="button"
            onClick={() => {
              isDismissed.value = true;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
};

const AdviceList = ({ title, steps }: Steps) => (
  <section>
    <h3>{title}</h3>
    <ul class="notice-steps">
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ul>
  </section>
);
