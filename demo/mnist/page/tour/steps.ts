/** The five steps of the tour: where each looks, and what it says. */
import type { HiddenLayer } from '../../layers.ts';
import { weightedLayers } from '../../net-shapes.ts';

export interface TourStep {
  readonly title: string;
  readonly sentences: readonly string[];
  /** Id of the section that it is about. */
  readonly section: string;
  /** Result of the page that the microscope opens: 'losses'. */
  readonly page?: string;
}

/** Of a network with these hidden layers. */
export function stepsOf(hidden: readonly HiddenLayer[]): readonly TourStep[] {
  const [first] = weightedLayers(hidden);
  return stepsTo(first, hidden.length > 0);
}

/** `first` is the first layer that learns weights. */
const stepsTo = (first: number, hasHidden: boolean): readonly TourStep[] => [
  {
    title: 'What a network computes',
    sentences: [
      'A digit is 784 numbers, one for each pixel. They go in on the left.',
      'Each unit multiplies its inputs by weights and adds them up. The small squares are such weights: orange pixels drive the unit up, blue ones drive it down.',
      'The ten units on the right are the answer. The brightest one wins. An untrained network only guesses.',
    ],
    section: 'network',
  },
  {
    title: 'What the error is',
    sentences: [
      'The loss C says how wrong the answer is, as one number.',
      'If the right digit gets a probability of 1, C is 0. The smaller that probability, the larger C.',
      'Training has one goal: to make C small.',
    ],
    section: 'microscope',
    page: 'losses',
  },
  {
    title: 'How the error flows back',
    sentences: [
      'δ says how C changes with the sum of a unit. At the output it is simply the answer minus the target.',
      hasHidden
        ? 'The δ of an earlier layer comes from the δ of the next one, through the same weights, backwards. That is backpropagation.'
        : 'With hidden layers, δ would go on from layer to layer, backwards. That is backpropagation. Add a layer to see it.',
      'δ times an input is the gradient of a weight. The four equations are called BP1 to BP4 in textbooks.',
    ],
    section: 'microscope',
    page: `delta${first}`,
  },
  {
    title: 'What a step does',
    sentences: [
      'The gradient says in which direction C grows. A step moves each weight a little the other way.',
      'How far is the learning rate η. Compare the weights before and after.',
      'Repeat this some thousand times, each time with other digits. That is training.',
    ],
    section: 'microscope',
    page: `nW${first}`,
  },
  {
    title: 'What you can try',
    sentences: [
      'Press Train and watch the loss fall. Then draw a digit of your own.',
      'Set the learning rate ten times higher, or to 0.00001. What do the curves say?',
      'Remove the hidden layer, or add two more. Which digits are still mixed up?',
    ],
    section: 'training',
  },
];
