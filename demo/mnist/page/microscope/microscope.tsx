import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Section } from '../section.tsx';
import { Switch } from '../switch.tsx';
import { isVisible, view, watch } from './inspection.ts';
import './microscope.css';
import './figures.css';
import { Overview } from './overview.tsx';
import { pagesOf } from './pages.ts';
import { keepSubject } from './samples.ts';
import { Stepper } from './stepper.tsx';
import { SubjectBar } from './subject-bar.tsx';

type Way = 'steps' | 'all';
const ways: Record<Way, string> = { steps: 'One step at a time', all: 'Everything at once' };

export const Microscope = () => {
  const frame = useRef<HTMLDivElement>(null);
  const way = useSignal<Way>('steps');
  useEffect(() => {
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      isVisible.value = isIntersecting;
    });
    observer.observe(frame.current!);
    const stops = [watch(), keepSubject(), () => observer.disconnect()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  const shown = view.value;
  const pages = shown ? pagesOf(shown.config, Object.keys(shown.tensors)) : [];
  return (
    <Section
      id="microscope"
      title="The backprop microscope"
      lead="One picture goes through the net, and its error comes back: every quantity of the four equations, in the numbers of the net as it is now."
    >
      <div class="microscope" ref={frame}>
        <SubjectBar view={shown} />
        <Switch
          class="microscope-ways"
          legend="Show"
          unseen
          name="microscope-way"
          options={ways}
          value={way.value}
          onChoose={(chosen) => {
            way.value = chosen;
          }}
        />
        {!shown && <div class="microscope-empty soft">As soon as there is a net, its numbers are here.</div>}
        {shown &&
          (way.value === 'steps' ? <Stepper view={shown} pages={pages} /> : <Overview view={shown} pages={pages} />)}
      </div>
    </Section>
  );
};
