import type { Machine } from '../../lab/protocol.ts';
import { Switch } from '../shared/switch.tsx';
import { machine } from '../state/index.ts';
import { isOpen } from '../tabs/open-tab.ts';
import { theme, themes } from './theme.ts';
import './header.css';

export const Header = () => (
  <header class="header">
    <h1 class="header-name">
      <span class="header-mark" aria-hidden="true">
        ∂
      </span>
      retrograd
    </h1>
    <p class="header-promise">
      Watch a neural network learn handwritten digits on your own GPU, and inspect every quantity of backpropagation as
      it happens.
    </p>
    {isOpen('digits') && <Adapter />}
    <ThemeSwitch />
  </header>
);

function kindOf({ kind, software }: Machine): string {
  if (kind === 'cpu') return 'CPU';
  return software ? 'Software adapter' : 'GPU';
}

function nameOf({ kind, name }: Machine): string {
  return kind === 'cpu' ? 'reference implementation' : name;
}

/** What trains. The place is kept while it is not known yet. */
const Adapter = () => {
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

const ThemeSwitch = () => (
  <Switch
    class="theme"
    legend="Colours"
    unseen
    name="theme"
    options={themes}
    value={theme.value}
    onChoose={(chosen) => {
      theme.value = chosen;
    }}
  />
);
