import { indexOfMax } from '../../../index-of-max.ts';
import { CLASSES, SIDE } from '../../../lab/protocol.ts';
import { integer, percent } from '../../shared/numbers.ts';
import { isTraining, stepNow, subject } from '../../state/index.ts';
import { grid } from '../layout/arrangement.ts';
import { mean, meant } from '../model/inspection.ts';
import { short } from '../model/short-numbers.ts';
import type { View } from '../model/view-of.ts';
import { SampleChoice } from './sample-choice.tsx';
import { Canvas } from './tensor-picture.tsx';

const IMAGE = grid(SIDE * SIDE);

/** What is looked at, what it is, what the net says, and ways to choose another. */
export const SubjectBar = ({ view }: { readonly view: View | undefined }) => {
  const pixels = subject.value?.pixels;
  return (
    <div class="microscope-subject">
      <div class="microscope-image">
        {pixels && <Canvas data={pixels} arrangement={IMAGE} scale={{ low: 0, high: 1 }} />}
      </div>
      <div class="microscope-verdict">
        <h3>{capital(subject.value?.title ?? 'No sample yet')}</h3>
        {view ? <Verdict view={view} /> : <p class="soft">The network is being prepared.</p>}
        <p class="soft small">{view ? stateOfNet() : '\u00a0'}</p>
      </div>
      <Outputs view={view} />
      <SampleChoice />
      {subject.value && subject.value.label === undefined && <MeaningChoice />}
    </div>
  );
};

const stateOfNet = (): string =>
  isTraining.value
    ? 'Training is running. The numbers update at most once a second.'
    : `After ${integer(stepNow.value)} training steps. Inspecting does not change the network.`;

const Verdict = ({ view: { outputs, label, config, subject: seen } }: { readonly view: View }) => {
  const isIt = seen.label !== undefined ? 'It is' : meant.value?.said ? 'You drew' : 'It is assumed to be';
  const guess = indexOfMax(outputs);
  const sure = config.loss === 'quadratic' ? `output ${short(outputs[guess], 3)}` : percent(outputs[guess]);
  return (
    <p>
      {isIt} {label === 8 ? 'an' : 'a'} <strong>{label}</strong>, and the network says{' '}
      <strong class={guess === label ? 'microscope-right' : 'microscope-wrong'}>{guess}</strong> ({sure}
      {guess === label ? ', correct' : ', wrong'}).
    </p>
  );
};

/** Ten bars; the wanted one is marked. */
const Outputs = ({ view }: { readonly view: View | undefined }) => {
  const what = view?.config.loss === 'quadratic' ? 'Output' : 'Probability';
  return (
    <div class="microscope-outputs">
      <p class="soft small">{what} of each digit</p>
      <ol aria-label={`${what} of each digit`}>
        {Array.from({ length: 10 }, (_, digit) => {
          const value = view?.outputs[digit] ?? 0;
          return (
            <li
              key={digit}
              class={digit === view?.label ? 'microscope-wanted' : ''}
              title={`${digit}: ${short(value)}`}
            >
              <span class="microscope-bar" style={{ height: `${100 * Math.min(1, Math.max(0, value))}%` }} />
              <span aria-hidden="true">{digit}</span>
              <span class="unseen">{`${digit}: ${short(value)}`}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** For a picture that comes without a label: the error is measured against what it is meant to be. */
const MeaningChoice = () => (
  <fieldset class="switch microscope-meaning">
    <legend class="small">
      Which digit did you draw?{' '}
      <span class="soft">
        {meant.value?.said ? '' : 'Until you choose, the network’s first guess counts as correct.'}
      </span>
    </legend>
    {Array.from({ length: CLASSES }, (_, digit) => (
      <label key={digit}>
        <input
          type="radio"
          name="microscope-meaning"
          checked={meant.value?.label === digit}
          onChange={() => mean(digit)}
          // To say that what was taken for it is right changes no button.
          onClick={() => mean(digit)}
        />
        <span>{digit}</span>
      </label>
    ))}
  </fieldset>
);
