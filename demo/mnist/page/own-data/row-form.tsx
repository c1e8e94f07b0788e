/** A row to try: a field for each column, and what the net predicts of it. */
import { signal, useSignalEffect } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { TableColumn } from 'retrograd/data';
import type { OwnPrepared } from '../../lab/own-data/own-protocol.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { Section } from '../shared/section.tsx';
import { createAsking } from './asking.ts';
import { frame, lab, prepared } from './own-state.ts';
import { Probabilities } from './probabilities.tsx';
import { table, targetName, typed } from './table-state.ts';

/** The outputs, or why there are none, with the net that gave them. */
const answer = signal<{ readonly net: OwnPrepared; readonly of: Float32Array | string }>();

const ask = createAsking(async () => {
  const net = prepared.value;
  if (!net?.columns) return;
  const cells = Object.fromEntries(net.columns.map((column) => [column.name, cellOf(column)]));
  const of = await (await lab).predictRow(cells).catch(({ message }: Error) => message);
  answer.value = { net, of };
});

export const RowForm = () => {
  useSignalEffect(() => {
    void [frame.value, typed.value];
    void ask();
  });
  const net = prepared.value;
  if (!net?.columns) return null;
  return (
    <Section
      id="own-row"
      title="Predict a row"
      lead={`Fill in a row of your own. The network says what it takes ${targetName.value} to be.`}
    >
      <div class="own-row">
        <div class="own-fields">
          {net.columns.map((column) => (
            <CellField key={column.name} column={column} />
          ))}
        </div>
        <div class="own-answer" aria-live="polite">
          <Answer />
        </div>
      </div>
    </Section>
  );
};

const Answer = () => {
  if (!answer.value || answer.value.net !== prepared.value) return null;
  const { net, of: found } = answer.value;
  if (typeof found === 'string') return <p class="small own-wrong">{found}</p>;
  if (net.target.kind === 'class') return <Probabilities classes={net.target.classes} values={found} />;
  return (
    <p class="own-value">
      {targetName.value}: <b data-testid="own-prediction">{short(found[0], 5)}</b>
    </p>
  );
};

/** What stands in the first row of the table, until something is typed. */
function cellOf({ name }: TableColumn): string {
  const at = table.value?.columns.findIndex((column) => column.name === name) ?? -1;
  return typed.value[name] ?? table.value?.rows[0]?.[at]?.trim() ?? '';
}

const CellField = ({ column }: { readonly column: TableColumn }) => {
  const id = useId();
  const set = (text: string) => {
    typed.value = { ...typed.value, [column.name]: text };
  };
  return (
    <div class="controls-field">
      <label for={id}>{column.name}</label>
      {column.kind === 'category' ? (
        <select id={id} value={cellOf(column)} onChange={({ currentTarget }) => set(currentTarget.value)}>
          {column.categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          inputMode="decimal"
          autocomplete="off"
          value={cellOf(column)}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
    </div>
  );
};
