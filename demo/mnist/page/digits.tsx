/** The first tab, from top to bottom: a net learns to read digits. */
import { useEffect } from 'preact/hooks';
import { Controls } from './controls/controls.tsx';
import { Navigation } from './header/navigation.tsx';
import { Microscope } from './microscope/microscope.tsx';
import { Network } from './network/network.tsx';
import { Notices } from './notices/notices.tsx';
import { Results } from './results/results.tsx';
import { begin } from './state/index.ts';
import { Training } from './training/training.tsx';
import { Trust } from './trust/trust.tsx';
import { Try } from './try/try.tsx';

export const Digits = () => {
  useEffect(() => void begin(), []);
  return (
    <>
      <Navigation />
      <Notices />
      <main class="layout">
        <Controls />
        <div class="sections">
          <Network />
          <Training />
          <Try />
          <Microscope />
          <Results />
          <Trust />
        </div>
      </main>
    </>
  );
};
