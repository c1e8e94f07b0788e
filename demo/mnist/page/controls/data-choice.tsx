import { datasets } from '../../config.ts';
import { config, configure, download, prepared, status } from '../state.ts';
import { Choice } from './choice.tsx';
import { OwnFiles } from './own-files.tsx';
import { amount } from './words.ts';

const OWN = 'From your own files.';
const hints = {
  digits: 'Drawn by this page. Nothing to download.',
  mnist: 'Digits written by about 500 people. 11 MB, cached by the browser.',
} as const;

export const DataChoice = () => {
  const { data } = config.value;
  const isOwn = data === 'mnist' && prepared.value?.data.source === 'files given';
  const loading = status.value === 'preparing' ? download.value : undefined;
  return (
    <fieldset class="controls-group">
      <legend>Data</legend>
      <Choice label="Data set" unseen value={data} options={datasets} onChoose={(name) => configure({ data: name })} />
      <div class="data-hint small soft" data-set={data}>
        {loading ? (
          <>
            <progress aria-label="Download" value={loading.received} max={loading.total} />
            <span>{amount(loading)}</span>
          </>
        ) : isOwn ? (
          OWN
        ) : (
          hints[data]
        )}
      </div>
      {data === 'mnist' && <OwnFiles isNeeded={status.value === 'failed'} />}
    </fieldset>
  );
};
