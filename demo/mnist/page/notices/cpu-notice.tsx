import { useSignal } from '@preact/signals';
import { machine } from '../state.ts';
import { adviceFor } from './advice.ts';
import { AdviceList } from './advice-list.tsx';

/** The rest is advice to programs. */
const firstSentence = (text: string): string => text.split(/(?<=\.) /)[0];

/** Why there is no GPU, what goes on without it, and how to get it. */
export const CpuNotice = () => {
  const isDismissed = useSignal(false);
  const { kind, reason } = machine.value ?? {};
  const { mine, others } = adviceFor(navigator.userAgent);
  const isShown = kind === 'cpu' && reason !== undefined && !isDismissed.value;
  return (
    <div role="status">
      {isShown && (
        <div class="notice" data-kind="warn">
          <h2 class="notice-title">Training on the CPU, because there is no WebGPU here</h2>
          <p>
            This page works without, slower: the plain reference implementation trains a small network on fewer digits.
            There is no GPU to be checked or timed then.
          </p>
          <details>
            <summary>How to get WebGPU</summary>
            <div class="notice-advice small">
              {!isSecureContext && (
                <p>
                  <strong>Browsers offer WebGPU only over https and on localhost.</strong> This page came over plain
                  http.
                </p>
              )}
              {mine && <AdviceList {...mine} />}
              {others.map((advice) => (
                <AdviceList key={advice.title} {...advice} />
              ))}
              <p class="soft">What was found: {firstSentence(reason)}</p>
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
