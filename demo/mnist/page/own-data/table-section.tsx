/** A CSV file: chosen, looked through, and its columns. */
import { delimiters, LOOKED_AT, missingCells, type OwnColumn } from '../../lab/own-data/own-protocol.ts';
import { Choice } from '../controls/choice.tsx';
import { integer } from '../shared/numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { Section } from '../shared/section.tsx';
import { FileDrop } from './file-drop.tsx';
import { type Role, roles, type TableChoice } from './table-choice.ts';
import {
  change,
  choice,
  chooseTarget,
  delimiter,
  file,
  openExample,
  openFile,
  separateBy,
  setRole,
  table,
} from './table-state.ts';

export const TableSection = () => (
  <Section
    id="own-table"
    title="A table"
    lead="A CSV file has a row for each sample, and its columns are what is known of it. Choose the column to predict. The network learns it from the others. The file never leaves this machine."
  >
    <FileDrop title="Choose a CSV file" accept=".csv,.tsv,.txt,.gz,text/csv" onFiles={([first]) => openFile(first)}>
      <span class="small soft">or drop it here.</span>
      <button type="button" onClick={openExample}>
        Try an example
      </button>
    </FileDrop>
    <FirstRows />
  </Section>
);

const FirstRows = () => {
  const [found, chosen] = [table.value, choice.value];
  if (!found || !chosen) return file.value ? <Separator /> : null;
  const columns = found.columns.slice(0, MOST_COLUMNS);
  return (
    <>
      <p class="small">
        <strong>{file.value?.name}</strong> has {integer(found.count)} rows and {integer(found.columns.length)} columns.
        {found.columns.length > columns.length && ` The first ${columns.length} are shown.`}
      </p>
      <Scrollable label="First rows of the table" class="own-scroll">
        <table class="own-table small">
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th key={column.name} scope="col" data-target={at === chosen.target}>
                  {column.name}
                  <span class="own-kind soft">{kindOf(column, found.count <= LOOKED_AT)}</span>
                </th>
              ))}
            </tr>
            <tr>
              {columns.map((column, at) => (
                <td key={column.name} data-target={at === chosen.target}>
                  {at === chosen.target ? <strong>Target</strong> : <RoleOf at={at} column={column} />}
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.rows.map((row, i) => (
              <tr key={i}>
                {columns.map((column, at) => (
                  <td key={column.name} data-target={at === chosen.target}>
                    {row[at]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrollable>
      <Refused columns={columns} />
      <div class="own-choices">
        <Choice
          label="Predict the column"
          value={`${chosen.target}`}
          options={Object.fromEntries(found.columns.map(({ name }, at) => [`${at}`, name]))}
          onChoose={(at) => chooseTarget(Number(at))}
        />
        <TargetKind column={found.columns[chosen.target]} chosen={chosen} />
        <Choice
          label="Missing cells"
          value={chosen.missing}
          options={missingCells}
          onChoose={(missing) => change({ missing })}
        />
        <Separator />
      </div>
    </>
  );
};

/** Also where the file cannot be read: this may be why. */
const Separator = () => (
  <Choice label="Separated by" value={delimiter.value ?? ','} options={delimiters} onChoose={separateBy} />
);

/** Columns that are shown. */
const MOST_COLUMNS = 30;

const kindOf = ({ kind, categories }: OwnColumn, isWhole: boolean): string => {
  if (kind === 'number') return 'numbers';
  return kind === 'category' ? `texts, ${categories}${isWhole ? '' : ' or more'} different` : 'refused';
};

const RoleOf = ({ at, column }: { readonly at: number; readonly column: OwnColumn }) => (
  <select
    aria-label={`What ${column.name} is for`}
    value={choice.value?.roles[at]}
    onChange={({ currentTarget }) => setRole(at, currentTarget.value as Role)}
  >
    {Object.entries(roles).map(([role, title]) => (
      <option key={role} value={role}>
        {title}
      </option>
    ))}
  </select>
);

/** What the library says of columns that it does not take as they are. */
const Refused = ({ columns }: { readonly columns: readonly OwnColumn[] }) => {
  const refused = columns.flatMap(({ name, problem }) => (problem ? [{ name, problem }] : []));
  if (refused.length === 0) return null;
  return (
    <div class="small own-refused">
      <p>Left out, because the library refuses them as they are:</p>
      <ul>
        {refused.map(({ name, problem }) => (
          <li key={name} class="mono">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );
};

/** Texts are classes; numbers may be. */
const TargetKind = ({ column, chosen }: { readonly column: OwnColumn; readonly chosen: TableChoice }) =>
  column.kind === 'category' ? (
    <p class="small soft">Each text of {column.name} is a class.</p>
  ) : (
    <Choice
      label="As"
      value={chosen.isClass ? 'class' : 'number'}
      options={{ number: 'a number', class: 'one of several classes' }}
      onChoose={(as) => change({ isClass: as === 'class' })}
    />
  );
