import { problem } from '../state/index.ts';
import { titleOf } from './titles.ts';

/** What went wrong last, in the words of the library, which say what was expected and what was found. */
export const ProblemNotice = () => {
  const { name, message } = problem.value ?? {};
  return (
    <div role="alert">
      {name && (
        <div class="notice" data-kind="bad">
          <h2 class="notice-title">
            {titleOf(name)} <span class="mono small soft">{name}</span>
          </h2>
          <p class="notice-message">{message}</p>
          <button
            type="button"
            onClick={() => {
              problem.value = undefined;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
};
