import { SIDE } from '../../lab/protocol.ts';
import { isTraining, stepNow, subject } from '../state.ts';
import { grid } from './arrangement.ts';
import { percent, short } from './format.ts';
import { indexOfMax, meant, type View } from './inspection.ts';
import { MeaningChoice } from './meaning-choice.tsx';
import { Canvas } from './picture.tsx';
import { SampleChoice } from './sample-choice.tsx';

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
        {view ? <Verdict view={view} /> : <p class="soft">The net is being made ready.</p>}
        <p class="soft small">{view ? stateOfNet(view) : '\u00a0'}</p>
      </div>
      <Outputs view={view} />
      <SampleChoice />
      {subject.value && subject.value.label === undefined && <MeaningChoice />}
    </div>
  );
};

function stateOfNet({ tensors }: View): string {
  if (!isTraining.value)
    return `After step ${stepNow.value.toLocaleString('en')} of training. Looking changes nothing.`;
  // p comes by a second call, and training does not wait in between.
  return `Training goes on; read anew about once a second${tensors.p ? ', p a moment after the rest' : ''}.`;
}

const Verdict = ({ view: { outputs, label, config, subject: seen } }: { readonly view: View }) => {
  const isIt = seen.label !== undefined ? 'It is a' : meant.value?.said ? 'It is meant to be a' : 'It is taken for a';
  const guess = indexOfMax(outputs);
  const sure = config.cost === 'quadratic' ? `output ${short(outputs[guess], 3)}` : percent(outputs[guess]);
  return (
    <p>
      {isIt} <strong>{label}</strong>, and the net says{' '}
      <strong class={guess === label ? 'microscope-right' : 'microscope-wrong'}>{guess}</strong> ({sure}
      {guess === label ? ', right' : ', wrong'}).
    </p>
  );
};

/** Ten bars; the wanted one is marked. */
const Outputs = ({ view }: { readonly view: View | undefined }) => {
  const what = view?.config.cost === 'quadratic' ? 'Output' : 'Probability';
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
