import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Term } from '../glossary/term.tsx';
import { Section } from '../shared/section.tsx';
import { Switch } from '../shared/switch.tsx';
import { isVisible, view, watch } from './model/inspection.ts';
import { pagesOf } from './model/pages.ts';
import { Overview } from './view/overview.tsx';
import { Stepper } from './view/stepper.tsx';
import { SubjectBar } from './view/subject-bar.tsx';
import './view/microscope.css';
import './view/figures.css';

type Way = 'steps' | 'all';
const ways: Record<Way, string> = { steps: 'Step by step', all: 'All at once' };

export const Microscope = () => {
  const frame = useRef<HTMLDivElement>(null);
  const way = useSignal<Way>('steps');
  useLayoutEffect(() => {
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      isVisible.value = isIntersecting;
    });
    observer.observe(frame.current!);
    const unwatch = watch();
    return () => {
      unwatch();
      observer.disconnect();
    };
  }, []);
  const shown = view.value;
  const pages = shown ? pagesOf({ ...shown.config, ...shown }, Object.keys(shown.tensors)) : [];
  return (
    <Section
      id="microscope"
      title="The backprop microscope"
      lead={
        <>
          Follow one picture forward through the network, its error back, and the step that it leads to. Every quantity
          is shown with its current numbers. C is the <Term of="loss">loss</Term>, ∂C/∂W the{' '}
          <Term of="gradient">gradient</Term>.
        </>
      }
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
        {!shown && <div class="microscope-empty soft">The numbers appear here as soon as there is a network.</div>}
        {shown &&
          (way.value === 'steps' ? <Stepper view={shown} pages={pages} /> : <Overview view={shown} pages={pages} />)}
      </div>
    </Section>
  );
};
