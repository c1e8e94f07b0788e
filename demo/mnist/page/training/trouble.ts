/**
 * Whether a run gets anywhere, judged by what was measured since its learning rate was set: the loss of the test samples, the
 * share of them that is right, and what guessing would come to.
 */
import { type Config, type LossName, optimizers } from '../../config.ts';
import { CLASSES, type Evaluated } from '../../lab/protocol.ts';
import { integer, percent } from '../shared/numbers.ts';
import { formatLoss } from './steady-numbers.ts';

export interface Trouble {
  /** In place of "Training". */
  readonly word: string;
  /** What is seen, and what to try. */
  readonly sentence: string;
}

export interface Seen {
  readonly config: Config;
  /** In their order. */
  readonly evaluations: readonly Evaluated[];
  /** The step at which the learning rate was set. */
  readonly rateSince: number;
}

/** Evaluations to judge by, and steps that have to lie between the first and the last of them. */
const ENOUGH = { evaluations: 3, steps: 100, most: 4 };
/** Part of the loss of guessing that counts as no better, and what has to remain of a loss that falls. */
const NO_BETTER = 0.9;
const FALLEN = 0.98;
/** Times the loss at the beginning, or of guessing, that no run gets to on its way down. */
const RISEN = 1.5;
/** Of the digits right, above which a net has learnt something. */
const SOMETHING = 0.5;

/** What guessing gets right. */
export const chance = 1 / CLASSES;
/** Loss of a net that gives every class its share, 1/10, whatever the image. */
export const guessing: Record<LossName, number> = {
  crossEntropy: -Math.log(chance),
  binaryCrossEntropy: -Math.log(chance) - (CLASSES - 1) * Math.log(1 - chance),
  quadratic: ((1 - chance) ** 2 + (CLASSES - 1) * chance ** 2) / 2,
};

/** Undefined while there is nothing to say against a run. */
export function troubleOf({ config, evaluations, rateSince }: Seen): Trouble | undefined {
  const { learningRate, optimizer } = config;
  const usual = optimizers[optimizer].learningRate;
  const latest = evaluations.at(-1);
  if (latest && !Number.isFinite(latest.loss)) {
    return diverged(`The test loss is no longer a number: ${tooHigh(learningRate, usual)}`);
  }
  if (learningRate === 0) {
    return stuck(`The learning rate is 0, so steps do not change the weights. Try ${usual}.`);
  }
  const since = evaluations.filter(({ step }) => step > rateSince).slice(-ENOUGH.most);
  if (!latest || since.length < ENOUGH.evaluations) return undefined;
  const start = evaluations.findLast(({ step }) => step <= rateSince) ?? since[0];
  const losses = since.map(({ loss }) => loss);
  const guess = guessing[config.loss];
  if (Math.min(...losses) > RISEN * Math.max(start.loss, guess)) {
    const from = `The test loss has risen from ${formatLoss(start.loss)} to ${formatLoss(latest.loss)}`;
    return diverged(`${from}, and ${right(latest)}: ${tooHigh(learningRate, usual)}`);
  }
  if (latest.step - since[0].step < ENOUGH.steps) return undefined;
  if (losses.every((loss) => loss === losses[0]) && latest.accuracy <= SOMETHING) {
    const found = `The last ${since.length} tests gave the same loss, ${formatLoss(latest.loss)}, and ${right(latest)}`;
    return stuck(`${found}: the steps change nothing. ${advice(config, usual)}`);
  }
  if (losses.every((loss) => loss === losses[0]) && learningRate < usual) {
    return stuck(`The last ${since.length} tests gave exactly the same loss: ${advice(config, usual)}`);
  }
  const isFalling = mean(losses.slice(-2)) < FALLEN * mean(losses.slice(0, 2));
  if (isFalling || mean(losses) < NO_BETTER * guess || latest.accuracy > SOMETHING) return undefined;
  const found = `At step ${integer(latest.step)} the test loss is ${formatLoss(latest.loss)} and does not fall, and ${right(latest)}`;
  return stuck(
    `${found}. Guessing gives a loss of ${formatLoss(guess)} and ${percent(chance, 0)}. ${advice(config, usual)}`,
  );
}

const stuck = (sentence: string): Trouble => ({ word: 'Not learning', sentence });
const diverged = (sentence: string): Trouble => ({ word: 'Diverging', sentence });

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const right = ({ accuracy }: Evaluated): string => `${percent(accuracy, 0)} of the digits are classified correctly`;

const tooHigh = (rate: number, usual: number): string =>
  `a learning rate of ${rate} is too high. Lower it, for example to ${usual}, and press Reset.`;

/** The likeliest first: a rate far from the usual one, then layers that let little through. */
function advice({ learningRate, optimizer, hidden }: Config, usual: number): string {
  const { title } = optimizers[optimizer];
  if (learningRate > 10 * usual)
    return `A learning rate of ${learningRate} is high for ${title}: try ${usual}, and press Reset.`;
  if (learningRate < usual / 100) return `A learning rate of ${learningRate} is low for ${title}: try ${usual}.`;
  if (hidden.filter((layer) => 'activation' in layer && layer.activation === 'sigmoid').length > 2) {
    return 'Hardly any gradient passes back through many sigmoid layers: try relu or tanh, or fewer layers.';
  }
  return 'Try another learning rate, other activations or fewer layers, and press Reset.';
}
