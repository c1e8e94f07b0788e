import type { Machine } from '../../lab/protocol.ts';
import { machine } from '../state.ts';

function kindOf({ kind, software }: Machine): string {
  if (kind === 'cpu') return 'CPU';
  return software ? 'Software adapter' : 'GPU';
}

function nameOf({ kind, name }: Machine): string {
  return kind === 'cpu' ? 'reference implementation' : name;
}

/** What trains. The place is kept while it is not known yet. */
export const Adapter = () => {
  const found = machine.value;
  const kind = found ? kindOf(found) : 'Adapter';
  const name = found ? nameOf(found) : 'looking for a GPU…';
  return (
    <p class="adapter small" title={`${kind}: ${name}`} data-testid="adapter">
      <span class="adapter-kind" data-kind={found?.software ? 'software' : (found?.kind ?? 'none')}>
        {kind}
      </span>
      <span class="adapter-name">{name}</span>
    </p>
  );
};
