import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { limits } from '../../config.ts';
import { type HiddenLayer, type KindName, kindOf, kinds, settingsOf, showShape } from '../../layers.ts';
import { fit, netInWords } from '../../net-shapes.ts';
import { Term } from '../glossary/term.tsx';
import { config, configure } from '../state/index.ts';
import { Choice } from './choice.tsx';
import { NumberField } from './number-field.tsx';
import { Presets } from './presets.tsx';

const titles = Object.fromEntries(Object.entries(kinds).map(([name, { title }]) => [name, title])) as Record<
  KindName,
  string
>;

/** The hidden layers, from the pixels to the classes. Those that do not fit together stay a draft, and the net stays as it is. */
export const Layers = () => {
  const { hidden } = config.value;
  const draft = useSignal<{ readonly from: readonly HiddenLayer[]; readonly layers: readonly HiddenLayer[] }>();
  const added = useSignal<KindName>('dense');
  const add = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const layers = draft.value?.from === hidden ? draft.value.layers : hidden;
  const isFull = layers.length >= limits.layers;
  const { shapes, misfit } = fit(layers);
  const change = (next: readonly HiddenLayer[]) => {
    draft.value = fit(next).misfit && { from: hidden, layers: next };
    if (!draft.value) configure({ hidden: next });
  };
  return (
    <div class="layers">
      <Presets />
      <ol ref={list} class="layers-list" aria-label="Hidden layers">
        {layers.map((layer, at) => (
          <LayerRow
            key={at}
            number={at + 1}
            layer={layer}
            shape={shapes[at + 1] && showShape(shapes[at + 1])}
            misfit={misfit?.at === at ? misfit.says : undefined}
            isNew={layers.findIndex(({ kind }) => kind === layer.kind) === at}
            isLast={at === layers.length - 1}
            onChange={(changed) => change(layers.with(at, changed))}
            onMove={(by) => {
              change(layers.toSpliced(at, 1).toSpliced(at + by, 0, layer));
              // The focus goes with the layer.
              list.current?.children[at + by]
                ?.querySelectorAll<HTMLElement>('.layers-head > button')
                [by < 0 ? 0 : 1].focus();
            }}
            onRemove={() => {
              change(layers.toSpliced(at, 1));
              add.current?.focus(); // the button that was pressed is gone
            }}
          />
        ))}
      </ol>
      <div class="layers-add">
        <Choice
          label="Kind of the next layer"
          unseen
          value={added.value}
          options={titles}
          onChoose={(kind) => {
            added.value = kind;
          }}
        />
        <button
          ref={add}
          type="button"
          aria-disabled={isFull}
          onClick={() => isFull || change([...layers, next(layers, added.value)])}
        >
          {isFull ? `${limits.layers} layers at most` : 'Add a hidden layer'}
        </button>
      </div>
      <p class="layers-shape mono small" data-testid="shape">
        <span class="unseen">Shape: </span>
        {netInWords(hidden)}
      </p>
      {misfit && <p class="controls-message small">The layers do not fit yet. Still using the network above.</p>}
    </div>
  );
};

/** As the last one of its kind, or the usual one. */
const next = (layers: readonly HiddenLayer[], kind: KindName): HiddenLayer =>
  layers.findLast((layer) => layer.kind === kind) ?? kinds[kind].usual;

interface LayerRowProps {
  /** From 1. */
  readonly number: number;
  readonly layer: HiddenLayer;
  /** What comes out of it, if it fits. */
  readonly shape: string | undefined;
  readonly misfit: string | undefined;
  /** Whether it is the first of its kind, which is explained. */
  readonly isNew: boolean;
  readonly isLast: boolean;
  readonly onChange: (layer: HiddenLayer) => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onRemove: () => void;
}

const LayerRow = ({ number, layer, shape, misfit, isNew, isLast, onChange, onMove, onRemove }: LayerRowProps) => (
  <li class="layers-row" data-misfit={misfit !== undefined}>
    <p class="layers-head">
      <strong>{isNew ? <Term of={kindOf(layer).term}>{kindOf(layer).title}</Term> : kindOf(layer).title}</strong>
      <span class="layers-out mono small">
        <span class="unseen">makes </span>
        {shape ?? '–'}
      </span>
      <Button
        shape="M4,10 L8,6 L12,10"
        label={`Move hidden layer ${number} up`}
        isOff={number === 1}
        onClick={() => onMove(-1)}
      />
      <Button
        shape="M4,6 L8,10 L12,6"
        label={`Move hidden layer ${number} down`}
        isOff={isLast}
        onClick={() => onMove(1)}
      />
      <Button shape="M4,4 L12,12 M12,4 L4,12" label={`Remove hidden layer ${number}`} onClick={onRemove} />
    </p>
    {settingsOf(layer).length > 0 && (
      <div class="layers-settings">
        {settingsOf(layer).map(([name, setting]) => {
          const { [name]: value } = layer as unknown as Record<string, string | number>;
          const common = { key: name, label: setting.title, rest: `of hidden layer ${number}` };
          const take = (chosen: string | number) => onChange({ ...layer, [name]: chosen });
          return 'options' in setting ? (
            <Choice {...common} value={String(value)} options={setting.options} onChoose={take} />
          ) : (
            <NumberField {...common} whole={setting.whole} value={Number(value)} limits={setting} onCommit={take} />
          );
        })}
      </div>
    )}
    {misfit && (
      <p class="controls-message small" role="alert">
        {misfit}
      </p>
    )}
  </li>
);

interface ButtonProps {
  /** Its picture, as a path in 16 × 16. */
  readonly shape: string;
  readonly label: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
}

/** One that is off keeps the focus: a layer that was moved to the end may be moved back. */
const Button = ({ shape, label, isOff = false, onClick }: ButtonProps) => (
  <button type="button" aria-label={label} aria-disabled={isOff} onClick={() => isOff || onClick()}>
    <svg width="16" height="16" aria-hidden="true">
      <path d={shape} />
    </svg>
  </button>
);
