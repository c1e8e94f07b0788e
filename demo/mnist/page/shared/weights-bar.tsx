import { useSignal } from '@preact/signals';
import type { DatasetPair } from 'retrograd/data';
import { type WeightFormat, weightFormats } from './weight-formats.ts';
import './weights-bar.css';

type Bytes = Uint8Array<ArrayBuffer>;

interface WeightsBarProps {
  readonly isReady: boolean;
  readonly onSave: (format: WeightFormat) => void;
  readonly onLoad: (file: File) => void;
  /** What came of a file that was loaded. */
  readonly told: Told | undefined;
}

export interface Told {
  readonly text: string;
  readonly isError?: boolean;
}

const formats = Object.entries(weightFormats) as [WeightFormat, { readonly title: string }][];
const endings = formats.map(([format]) => weightFormats[format].extension.replace(/^.*\.|^/, '.')).join();

/** Weights out as a file of a format that is chosen, and in again. */
export const WeightsBar = ({ isReady, onSave, onLoad, told }: WeightsBarProps) => {
  const format = useSignal<WeightFormat>('safetensors');
  return (
    <>
      <div class="row">
        <select
          class="weights-format"
          aria-label="Format of the file"
          value={format.value}
          onChange={({ currentTarget }) => {
            format.value = currentTarget.value as WeightFormat;
          }}
        >
          {formats.map(([name, { title }]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <button type="button" disabled={!isReady} onClick={() => onSave(format.value)}>
          Download the weights
        </button>
        <label class="button weights-file" aria-disabled={!isReady}>
          <input
            type="file"
            class="unseen"
            accept={endings}
            disabled={!isReady}
            onChange={({ currentTarget }) => {
              const [chosen] = currentTarget.files ?? [];
              currentTarget.value = ''; // the same file may be chosen again
              if (chosen) onLoad(chosen);
            }}
          />
          Load weights
        </label>
      </div>
      <p role="status" class={told?.isError ? 'small weights-error' : 'small'}>
        {told?.text}
      </p>
    </>
  );
};

/** What turns files into others is loaded when it is asked for. */
const files = () => import('./weight-files.ts');

/** The net in a format, of the file that `save` writes: whole, where training can go on. */
export async function fileIn(
  format: WeightFormat,
  save: (whole: boolean) => Promise<Bytes>,
  data?: () => Promise<DatasetPair>,
): Promise<Bytes> {
  const isWhole = format === 'pytorch';
  const [{ weightFileOf }, saved, given] = await Promise.all([files(), save(isWhole), isWhole ? data?.() : undefined]);
  return weightFileOf(saved, format, given);
}

/** Loads a file of any format; tells what became of it. One of another net, or no such file at all, changes nothing. */
export async function loadFrom(
  file: File,
  save: () => Promise<Bytes>,
  load: (file: File) => Promise<unknown>,
): Promise<Told> {
  try {
    const { asSafetensors } = await files();
    await load(await asSafetensors(file, save));
    return { text: `Loaded ${file.name}. Training continues from there.` };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'DataError') return { text: `Nothing was changed. ${message}`, isError: true };
    throw error;
  }
}
