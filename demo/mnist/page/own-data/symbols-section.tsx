/** Symbols of one's own: named, drawn, and recognised as they are drawn. */
import { useSignalEffect } from '@preact/signals';
import { useId } from 'preact/hooks';
import { DigitPicture } from '../shared/digit-picture.tsx';
import { download } from '../shared/download.ts';
import { Pad } from '../shared/pad.tsx';
import { Section } from '../shared/section.tsx';
import { frame, prepared } from './own-state.ts';
import { Probabilities } from './probabilities.tsx';
import { type DrawnSymbol, ENOUGH, writeSymbols } from './symbols.ts';
import {
  addSymbol,
  areKept,
  canUse,
  isOutdated,
  keepAs,
  openSymbols,
  outputs,
  pixelsOf,
  recognise,
  refusal,
  removeDrawing,
  removeSymbol,
  rename,
  strokes,
  symbols,
  useSymbols,
} from './symbols-state.ts';

export const SymbolsSection = () => {
  useSignalEffect(() => {
    void [strokes.value, frame.value];
    void recognise();
  });
  return (
    <Section
      id="own-symbols"
      title="Drawn symbols"
      lead={`Name some symbols. Draw one, keep it under its name, and draw the next: about ${ENOUGH} of each, not all alike. Then make a network of them and train it. From then on it says what it sees while you draw.`}
    >
      <div class="own-draw">
        <div class="own-draw-pad">
          <Pad strokes={strokes} hint="Draw a symbol here" />
          <div class="row">
            <button
              type="button"
              disabled={strokes.value.length === 0}
              onClick={() => {
                strokes.value = [];
              }}
            >
              Clear
            </button>
          </div>
          <Recognised />
        </div>
        <ul class="own-symbols">
          {symbols.value.map((symbol, at) => (
            <li key={at}>
              <Drawn symbol={symbol} at={at} />
            </li>
          ))}
        </ul>
      </div>
      <div class="row">
        <button type="button" class="primary" disabled={!canUse.value} onClick={useSymbols}>
          Make a network of them
        </button>
        <button type="button" onClick={addSymbol}>
          Add a symbol
        </button>
        <button
          type="button"
          onClick={() => download('symbols.json', [writeSymbols(symbols.value)], 'application/json')}
        >
          Save as a file
        </button>
        <label class="button own-choose">
          <input
            type="file"
            class="unseen"
            accept=".json,application/json"
            onChange={({ currentTarget }) => {
              const [chosen] = currentTarget.files ?? [];
              currentTarget.value = '';
              if (chosen) void openSymbols(chosen);
            }}
          />
          <span>Open a file</span>
        </label>
      </div>
      <p class="small soft" role="status">
        {refusal.value ??
          (isOutdated.value && canUse.value ? 'The drawings have changed since the network was made.' : '')}
        {!areKept.value && ' This browser does not keep the drawings: save them as a file.'}
      </p>
    </Section>
  );
};

const Recognised = () => {
  const [net, found] = [prepared.value, outputs.value];
  if (net?.target.kind !== 'class' || found?.length !== net.target.classes.length) {
    return <p class="small soft">{net ? 'Draw, and the network says what it sees.' : 'There is no network yet.'}</p>;
  }
  return (
    <div aria-live="polite">
      <Probabilities classes={net.target.classes} values={found} />
    </div>
  );
};

const Drawn = ({ symbol: { name, drawings }, at }: { readonly symbol: DrawnSymbol; readonly at: number }) => {
  const id = useId();
  const title = name || `symbol ${at + 1}`;
  return (
    <div class="own-symbol">
      <label for={id}>Symbol {at + 1}</label>
      <div class="own-symbol-name">
        <input
          id={id}
          value={name}
          placeholder={title}
          autocomplete="off"
          onInput={({ currentTarget }) => rename(at, currentTarget.value)}
        />
        <button type="button" disabled={strokes.value.length === 0} onClick={() => keepAs(at)}>
          Keep as {title}
        </button>
        <button type="button" aria-label={`Remove ${title}`} onClick={() => removeSymbol(at)}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <p class="small soft">
        {drawings.length} of {ENOUGH} drawn
      </p>
      <ul class="own-drawings">
        {drawings.map((drawing, i) => (
          <li key={i}>
            <button
              type="button"
              aria-label={`Remove drawing ${i + 1} of ${title}`}
              onClick={() => removeDrawing(at, i)}
            >
              <DigitPicture pixels={pixelsOf(drawing)} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};
