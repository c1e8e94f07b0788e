/** How training goes, and what the net makes of the samples that are held out. */
import { integer } from '../shared/numbers.ts';
import { Section } from '../shared/section.tsx';
import { ClassMatrix } from './class-matrix.tsx';
import { MistakesView } from './mistakes-view.tsx';
import { OwnCurves } from './own-curves.tsx';
import { frame, prepared } from './own-state.ts';
import { Scatter } from './scatter.tsx';

export const OutcomeSection = () => {
  const [net, now] = [prepared.value, frame.value];
  return (
    <Section
      id="own-training"
      title="Training"
      lead={
        net?.target.kind === 'number'
          ? 'The loss is the mean squared error; 1 is what guessing the mean of all targets would get. The mean error is in units of the target.'
          : 'The loss is the cross-entropy: how far the predicted probabilities are from the truth. Accuracy is the share of samples put into the right class.'
      }
    >
      {!net && <p class="soft">There is nothing to train on yet.</p>}
      {net && (
        <p class="small">
          {integer(net.train)} samples to train on, {integer(net.test)} held out. {sampleWords(net.shape)},{' '}
          {integer(net.parameters)} weights and biases.
        </p>
      )}
      {net && <OwnCurves />}
      {net?.target.kind === 'class' && now?.confusion && (
        <ClassMatrix classes={net.target.classes} counts={now.confusion} />
      )}
      {net?.shape.length === 3 && <MistakesView />}
      {now?.pairs && <Scatter pairs={now.pairs} />}
    </Section>
  );
};

/** '4 inputs', '3 × 24 × 24 numbers in a picture' */
const sampleWords = (shape: readonly number[]): string =>
  `${shape.join(' × ')} ${shape.length > 1 ? 'numbers in a picture' : 'inputs'}`;
