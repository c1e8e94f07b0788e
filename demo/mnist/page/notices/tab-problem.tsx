import type { Machine } from '../../lab/protocol.ts';
import type { Problem } from '../state/signals.ts';
import './tab-problem.css';

interface TabProblemProps {
  readonly problem: Problem | undefined;
  /** What the tab trains on, once it is known. */
  readonly machine: Machine | undefined;
  /** What helps, by the name of the error. */
  readonly advice?: Readonly<Record<string, string>>;
}

const usual: Readonly<Record<string, string>> = {
  NonFiniteError: 'The learning rate may be too large. Lower it and press Reset.',
};

/** What went wrong in a tab with a lab of its own, and that it trains without a GPU where there is none. */
export const TabProblem = ({ problem, machine, advice = {} }: TabProblemProps) => (
  <>
    {problem && (
      <div class="card tab-problem" role="alert">
        <p>
          <strong>{problem.name}</strong>: {problem.message}
        </p>
        <p class="small">{{ ...usual, ...advice }[problem.name] ?? 'Press Reset to try again.'}</p>
      </div>
    )}
    {machine?.kind === 'cpu' && (
      <p class="card small">There is no GPU here, so the net trains on the CPU, which is slower. {machine.reason}</p>
    )}
  </>
);
