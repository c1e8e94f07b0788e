import { useSignal, useSignalEffect } from '@preact/signals';
import { download } from '../shared/download.ts';
import { askCurrent, config, fail, isReady, lab, prepared, status, stepNow } from '../state/index.ts';
import { forgetOutcome } from './outcome.ts';
import { commandFor, fileNameOf, keptWords } from './weights-file.ts';

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
        <button type="button" disabled={!isReady.value} onClick={() => save(file)}>
          Download the weights
        </button>
        <label class="button results-file" aria-disabled={!isReady.value}>
          <input
            type="file"
            class="unseen"
            accept=".safetensors"
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
        Weights are stored as safetensors, which the command line and PyTorch can also read.
        {command && (
          <>
            {' '}
            To evaluate this network on the command line:{' '}
            <code>
              {command.split(/ (?=--)/).map((part) => (
                <span key={part}>{part} </span>
              ))}
            </code>
          </>
        )}
      </p>
      {prepared.value && <p class="soft small">{keptWords(prepared.value.parameters)}</p>}
    </div>
  );
};

async function save(name: string): Promise<void> {
  const bytes = await askCurrent(() => lab.save());
  if (bytes) download(name, [bytes]);
}

/** A file of another net, or no such file at all, changes nothing. */
async function load(file: File): Promise<Told | undefined> {
  try {
    await lab.load(file);
    forgetOutcome();
    return { text: `Loaded ${file.name}. Training continues from there.` };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'DataError') return { text: `Nothing was changed. ${message}`, isError: true };
    fail(error);
    return undefined;
  }
}
