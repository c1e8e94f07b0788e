import { useSignal, useSignalEffect } from '@preact/signals';
import { formatParameters, parseParameters } from 'retrograd';
import { askCurrent } from '../ask-current.ts';
import { config, isReady, lab, loadParameters, status, stepNow } from '../state.ts';
import { forgetOutcome } from './outcome.ts';
import { commandFor, fileNameOf } from './weights-file.ts';

interface Told {
  readonly text: string;
  readonly isError?: boolean;
}

/** The weights out as a file, and in again. */
export const Weights = () => {
  const told = useSignal<Told>();
  useSignalEffect(() => {
    if (status.value === 'preparing') told.value = undefined;
  });
  const file = fileNameOf(config.value, stepNow.value);
  const command = commandFor(config.value, file);
  return (
    <div class="results-weights">
      <h3>Weights</h3>
      <div class="row">
        <button type="button" disabled={!isReady.value} onClick={() => download(file)}>
          Download the weights
        </button>
        <label class="button results-file" aria-disabled={!isReady.value}>
          <input
            type="file"
            class="unseen"
            accept=".json,application/json"
            disabled={!isReady.value}
            onChange={async ({ currentTarget }) => {
              const [chosen] = currentTarget.files ?? [];
              if (chosen) told.value = await load(chosen);
              currentTarget.value = ''; // the same file may be chosen again
            }}
          />
          Load weights
        </label>
      </div>
      <p role="status" class={told.value?.isError ? 'small results-error' : 'small'}>
        {told.value?.text}
      </p>
      <p class="soft small">
        JSON, the same as the command line writes and reads.
        {command && (
          <>
            {' '}
            This net there:{' '}
            <code>
              {command.split(/ (?=--)/).map((part) => (
                <span key={part}>{part} </span>
              ))}
            </code>
          </>
        )}
      </p>
    </div>
  );
};

async function download(name: string): Promise<void> {
  const parameters = await askCurrent(() => lab.parameters());
  if (!parameters) return;
  const url = URL.createObjectURL(new Blob([formatParameters(parameters)], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // some browsers read it after the click
}

/** A file of another net, or no such file at all, changes nothing. */
async function load(file: File): Promise<Told | undefined> {
  const model = await askCurrent(() => lab.parameters());
  if (!model) return undefined;
  try {
    const parameters = parseParameters(await file.text(), model, file.name);
    if (!(await loadParameters(parameters))) return undefined;
    forgetOutcome();
    return { text: `Loaded ${file.name}; training goes on from there.` };
  } catch (error) {
    return { text: `Nothing was changed. ${(error as Error).message}`, isError: true };
  }
}
