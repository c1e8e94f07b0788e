import { useSignal, useSignalEffect } from '@preact/signals';
import { download } from '../shared/download.ts';
import { type WeightFormat, weightFormats } from '../shared/weight-formats.ts';
import { fileIn, loadFrom, type Told, WeightsBar } from '../shared/weights-bar.tsx';
import { askCurrent, config, fail, isReady, lab, prepared, status, stepNow } from '../state/index.ts';
import { forgetOutcome } from './outcome.ts';
import { commandFor, fileNameOf, keptWords } from './weights-file.ts';

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
      <WeightsBar
        isReady={isReady.value}
        told={told.value}
        onSave={(format) => save(file, format)}
        onLoad={async (chosen) => {
          told.value = await load(chosen);
        }}
      />
      <p class="soft small">
        The command line and PyTorch read safetensors. ONNX is for other programs that run networks. The folder for
        PyTorch has a program that trains the network further.
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

async function save(name: string, format: WeightFormat): Promise<void> {
  const bytes = await askCurrent(() => fileIn(format, (whole) => lab.save(whole)));
  if (bytes) download(name.replace('safetensors', weightFormats[format].extension), [bytes]);
}

async function load(file: File): Promise<Told | undefined> {
  try {
    const told = await loadFrom(file, () => lab.save(), lab.load);
    if (!told.isError) forgetOutcome();
    return told;
  } catch (error) {
    fail(error);
    return undefined;
  }
}
