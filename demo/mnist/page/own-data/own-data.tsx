/** The tab of one's own data: a small net learns from what the visitor brings. */
import { useEffect } from 'preact/hooks';
import type { OwnKind } from '../../lab/own-data/own-protocol.ts';
import { TabProblem } from '../notices/tab-problem.tsx';
import { Switch } from '../shared/switch.tsx';
import '../training/training.css';
import './own-data.css';
import { OutcomeSection } from './outcome-section.tsx';
import { OwnControls } from './own-controls.tsx';
import { choose, kind, pause, prepared, problem } from './own-state.ts';
import { OwnWeights } from './own-weights.tsx';
import { PictureForm } from './picture-form.tsx';
import { PicturesSection } from './pictures-section.tsx';
import { RowForm } from './row-form.tsx';
import { SymbolsSection } from './symbols-section.tsx';
import { TableSection } from './table-section.tsx';

export const OwnData = () => {
  useEffect(() => pause, []);
  return (
    <main class="layout">
      <OwnControls />
      <div class="sections">
        <Kinds />
        <Given />
        <TabProblem problem={problem.value} machine={prepared.value?.machine} advice={advice} />
        <OutcomeSection />
        <Form />
        <OwnWeights />
      </div>
    </main>
  );
};

const sections = { table: TableSection, pictures: PicturesSection, symbols: SymbolsSection };
const forms = { table: RowForm, pictures: PictureForm, symbols: () => null };

const Given = () => {
  const Section = sections[kind.value];
  return <Section />;
};

/** Where a sample is tried. Symbols are tried where they are drawn. */
const Form = () => {
  const Try = forms[kind.value];
  return <Try />;
};

const kinds: Readonly<Record<OwnKind, string>> = { table: 'A table', pictures: 'Pictures', symbols: 'Drawn symbols' };

/** What the visitor brings. */
const Kinds = () => (
  <Switch
    class="own-kinds"
    legend="What do you want to train on?"
    name="own-kind"
    options={kinds}
    value={kind.value}
    onChoose={choose}
  />
);

const advice = {
  DataError: 'Nothing was changed in the file. Mend it, or choose something else above.',
};
