import { useEffect, useRef, useState } from 'preact/hooks';
import { Scrollable } from '../shared/scrollable.tsx';
import type { RunView } from './run-columns.ts';
import { Sample } from './run-legend.tsx';
import { columns, forget, linkTo, NAME, nameOf, openAgain, order, rows, sortBy } from './runs-state.ts';

/** A row per run, a column per setting and measure. A press on the title of a column sorts by it. */
export const RunTable = () => {
  const [told, tell] = useState('');
  return (
    <>
      <Scrollable label="Table of runs" class="runs-scroll">
        <table class="runs-table small">
          <thead>
            <tr>
              <Title title={NAME} isNumber={false} />
              <th scope="col">
                <span class="unseen">What to do with it</span>
              </th>
              {columns.value.map(({ title, isNumber }) => (
                <Title key={title} title={title} isNumber={isNumber} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.value.map((run) => (
              <Row key={run.id} run={run} tell={tell} />
            ))}
          </tbody>
        </table>
      </Scrollable>
      <p role="status" class="small">
        {told}
      </p>
    </>
  );
};

const Title = ({ title, isNumber }: { readonly title: string; readonly isNumber: boolean }) => {
  const { value: now } = order;
  const isSorted = now?.title === title;
  const sort = isSorted ? (now.isDescending ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" aria-sort={sort} class={isNumber ? 'runs-number' : undefined}>
      <button type="button" onClick={() => sortBy(title, isNumber)}>
        {title}
        {isSorted && <span class="runs-arrow" />}
      </button>
    </th>
  );
};

interface RowProps {
  readonly run: RunView;
  /** Says what was done. */
  readonly tell: (text: string) => void;
}

const Row = ({ run, tell }: RowProps) => (
  <tr>
    <th scope="row">
      <Sample run={run} /> {nameOf(run)}
      {run.isNow && <strong> now</strong>}
    </th>
    <td>
      <Actions run={run} tell={tell} />
    </td>
    {columns.value.map((column) => (
      <td key={column.title} class={column.isNumber ? 'runs-number' : undefined}>
        {column.text(column.value(run))}
      </td>
    ))}
  </tr>
);

const Actions = ({ run, tell }: RowProps) => {
  const [isAsked, ask] = useState(false);
  const name = nameOf(run);
  if (isAsked) return <Question run={run} tell={tell} onEnd={() => ask(false)} />;
  return (
    <div class="runs-actions">
      {!run.isNow && (
        <button
          type="button"
          aria-label={`Open ${name}`}
          title={run.hasWeights ? 'Settings, weights and curves' : 'Its settings: the weights are not kept'}
          onClick={() => openAgain(run)}
        >
          Open
        </button>
      )}
      <button
        type="button"
        aria-label={`Copy link to the settings of ${name}`}
        onClick={async () => tell(await copied(linkTo(run)))}
      >
        Copy link
      </button>
      {!run.isNow && (
        <button type="button" aria-label={`Delete ${name}`} onClick={() => ask(true)}>
          Delete
        </button>
      )}
    </div>
  );
};

const copied = (link: string): Promise<string> =>
  Promise.resolve(navigator.clipboard?.writeText(link)).then(
    () => (navigator.clipboard ? `Copied ${link}` : link),
    () => link, // to be copied by hand
  );

/** Before a run is deleted, which cannot be undone. */
const Question = ({ run, tell, onEnd }: RowProps & { readonly onEnd: () => void }) => {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current!.focus(), []);
  const name = nameOf(run);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would have a frame and a legend to be seen
    <div class="runs-actions" role="group" aria-label={`Delete ${name} for good?`}>
      <span>Delete for good?</span>
      <button type="button" class="runs-delete" onClick={async () => tell(await forget(run))}>
        Delete
      </button>
      <button ref={no} type="button" onClick={onEnd}>
        Keep it
      </button>
    </div>
  );
};
