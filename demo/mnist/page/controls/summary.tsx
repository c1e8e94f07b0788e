import { prepared } from '../state.ts';
import { count } from './words.ts';

/** What was made of the settings. */
export const Summary = () => {
  const made = prepared.value;
  const rows = {
    Parameters: made && count(made.parameters),
    Data: made?.data.name,
    Samples: made && `${count(made.data.train)} train, ${count(made.data.test)} test`,
    Source: made?.data.source,
  };
  return (
    <dl class="summary small" aria-label="The network and its data">
      {Object.entries(rows).map(([name, value]) => (
        <div key={name} class="summary-row">
          <dt>{name}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
};
