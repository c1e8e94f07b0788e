/** The tab of the experiments: what goes wrong when nets are trained, and why. */
import { useEffect } from 'preact/hooks';
import { Section } from '../shared/section.tsx';
import { ExperimentControls } from './experiment-controls.tsx';
import { ExperimentPicture } from './experiment-picture.tsx';
import './experiments.css';
import { begin, courses, experiment, experimentMachine, experimentProblem, pause } from './experiments-state.ts';
import { Explained } from './explained.tsx';
import { Findings } from './findings.tsx';
import { Sides } from './sides.tsx';

export const Experiments = () => {
  useEffect(() => {
    begin();
    return pause;
  }, []);
  const { id, title, text, why, pictures } = experiment.value;
  return (
    <main class="layout">
      <ExperimentControls />
      <div class="sections">
        <Problem />
        <Section
          id="experiment"
          title={title}
          lead={text.map((sentence) => (
            <span key={sentence} class="experiment-sentence">
              <Explained text={sentence} />{' '}
            </span>
          ))}
        >
          <Findings />
          <Sides />
          <div class="experiment-pictures">
            {pictures.map((picture) => (
              <ExperimentPicture key={`${id} ${picture.title}`} picture={picture} courses={courses} />
            ))}
          </div>
        </Section>
        <section class="card" aria-labelledby="experiment-why">
          <h2 id="experiment-why">Why</h2>
          <p class="experiment-text">
            <Explained text={why} />
          </p>
        </section>
      </div>
    </main>
  );
};

const Problem = () => {
  const [found, machine] = [experimentProblem.value, experimentMachine.value];
  return (
    <>
      {found && (
        <div class="card experiment-problem" role="alert">
          <p>
            <strong>{found.name}</strong>: {found.message}
          </p>
          <p class="small">Press Reset to try again.</p>
        </div>
      )}
      {machine?.kind === 'cpu' && (
        <p class="card small">
          There is no GPU here, so the networks train on the CPU, which is slower. {machine.reason}
        </p>
      )}
    </>
  );
};
