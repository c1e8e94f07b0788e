/** The first tab, from top to bottom: a net learns to read digits. */
import { useEffect } from 'preact/hooks';
import { Controls } from './controls/controls.tsx';
import { Navigation } from './header/navigation.tsx';
import { followNet } from './microscope/model/net.ts';
import { keepSubject } from './microscope/model/samples.ts';
import { Network } from './network/network.tsx';
import { Notices } from './notices/notices.tsx';
import { Later } from './shared/later.tsx';
import { begin } from './state/index.ts';
import { Training } from './training/training.tsx';

const below = () => import('./below.tsx').then(({ Below }) => Below);

export const Digits = () => {
  useEffect(() => {
    void begin();
    const stops = [followNet(), keepSubject()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <>
      <Navigation />
      <Notices />
      <main class="layout">
        <Controls />
        <div class="sections">
          <Network />
          <Training />
          <Later load={below} height={3600} />
        </div>
      </main>
    </>
  );
};
