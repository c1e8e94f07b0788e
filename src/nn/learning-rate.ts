/**
 * Learning rates as plain data: a number, or a schedule. The rate of a schedule is a function of t, the updates done so far
 * (0 at the first one), and of nothing else, so training that goes on from a saved t goes on exactly. Past its last step a
 * schedule stays where it ended.
 */
import { checkKeys, checkNumber, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';

export type LearningRate = number | LearningRateSchedule;
export type LearningRateSchedule = StepDecay | ExponentialDecay | CosineDecay | OneCycle | WarmUp;

interface Decay {
  readonly from: number;
  readonly factor: number;
  /** Updates. */
  readonly every: number;
}
export interface StepDecay extends Decay {
  readonly schedule: 'stepDecay';
}
export interface ExponentialDecay extends Decay {
  readonly schedule: 'exponentialDecay';
}
export interface CosineDecay {
  readonly schedule: 'cosineDecay';
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}
export interface OneCycle {
  readonly schedule: 'oneCycle';
  readonly from: number;
  readonly max: number;
  readonly to: number;
  readonly steps: number;
  /** Share of the steps in which the rate rises. */
  readonly rise: number;
}
export interface WarmUp {
  readonly schedule: 'warmUp';
  readonly steps: number;
  readonly rate: LearningRate;
}

/** η(t) = from · factor^⌊t / every⌋: multiplied by `factor` after every so many updates. Throws ArgumentError. */
export const stepDecay = (options: { from: number; factor: number; every: number }): StepDecay =>
  made('stepDecay', options);

/** η(t) = from · factor^(t / every). Throws ArgumentError. */
export const exponentialDecay = (options: { from: number; factor: number; every: number }): ExponentialDecay =>
  made('exponentialDecay', options);

/** η(t) = to + (from − to) (1 + cos(π t / steps)) / 2, `to` = 0 unless told (Loshchilov & Hutter 2017). Throws ArgumentError. */
export const cosineDecay = (options: { from: number; to?: number; steps: number }): CosineDecay =>
  made('cosineDecay', options, ({ to = 0 }) => ({ to }));

/**
 * Up from `from` to `max` in the first `rise` · steps updates, then down to `to`, along a cosine both times (Smith & Topin
 * 2018): from = max / 25, to = from / 10⁴ and rise = 0.3 unless told, as in PyTorch. PyTorch's OneCycleLR(total_steps=n,
 * pct_start=p) gets there sooner, to the top in update p · n − 1 and to the end in n − 1, the last one: its rates are those of
 * steps = n − 1 and rise = (p · n − 1) / (n − 1). It moves the momentum against the rate, too, unless cycle_momentum=False;
 * here momentum stays. Throws ArgumentError.
 */
export function oneCycle(options: { max: number; steps: number; from?: number; to?: number; rise?: number }): OneCycle {
  return made('oneCycle', options, ({ max, from, to, rise = 0.3 }) => {
    checkNumber('oneCycle: max', max, ...rate);
    if (from !== undefined) checkNumber('oneCycle: from', from, ...rate);
    const start = from ?? max / 25;
    return { from: start, to: to ?? start / 1e4, rise };
  });
}

/**
 * η(t) = η₀ (t + 1) / steps for t < steps, where η₀ is the rate that `rate` begins with, and then `rate`, whose own t counts
 * from there (Goyal et al. 2017). Throws ArgumentError.
 */
export const warmUp = (options: { steps: number; rate: LearningRate }): WarmUp => made('warmUp', options);

/** Updates in so many epochs of a data set: what the `steps` and `every` of a schedule count. Throws ArgumentError. */
export function updatesIn(
  dataset: { readonly count: number },
  options: { batch: number; epochs?: number; accumulate?: number },
): number {
  checkKeys('updatesIn', options, ['batch', 'epochs', 'accumulate']);
  const { batch, epochs = 1, accumulate = 1 } = options;
  const count = member(dataset, 'count') as number;
  for (const [name, value] of Object.entries({ count, batch, epochs, accumulate })) {
    checkNumber(`updatesIn: ${name}`, value, ...updates);
  }
  return epochs * Math.ceil(count / (batch * accumulate));
}

/** η of the update after t others. Throws ArgumentError for what is no learning rate. */
export function learningRateAt(rate: LearningRate, t: number): number {
  if (typeof rate === 'number') return rate;
  if (isSchedule(rate) && typeof t === 'number') return kindOf(rate).rate(rate, t);
  const found = `${showValue(rate)} after ${showValue(t)}`;
  throw new ArgumentError(`learningRateAt: expected a learning rate and a number of updates, found ${found}`);
}

/** Throws ArgumentError for what is no number that can train. */
export function checkConstantRate(value: unknown, where: string, expected = 'a finite number ≥ 0'): void {
  checkNumber(where, value, expected, (rate) => rate >= 0);
}

/** Throws ArgumentError for what is neither such a number nor a schedule of such numbers. */
export function checkLearningRate(value: unknown, where: string): void {
  if (isSchedule(value)) check(value);
  else checkConstantRate(value, where, 'a finite number ≥ 0 or a schedule such as cosineDecay()');
}

/** Whether a value, of whatever origin, is one. */
export function isLearningRate(value: unknown): value is LearningRate {
  try {
    checkLearningRate(value, 'learningRate');
    return true;
  } catch {
    return false;
  }
}

interface Kind<Schedule> {
  rate(schedule: Schedule, t: number): number;
  /** What each of its numbers has to be. */
  readonly numbers: Readonly<Record<string, Demand>>;
  /** The options that are no numbers. */
  readonly others?: readonly string[];
}
type Demand = readonly [expected: string, ok: (value: number) => boolean];

const rate: Demand = ['a finite number ≥ 0', (value) => value >= 0];
const positive: Demand = ['a finite number > 0', (value) => value > 0];
const updates: Demand = ['a positive integer', (value) => Number.isInteger(value) && value >= 1];
const share: Demand = ['a number above 0 and below 1', (value) => value > 0 && value < 1];

const decay = { from: rate, factor: positive, every: updates };

const kinds: {
  readonly [K in LearningRateSchedule['schedule']]: Kind<Extract<LearningRateSchedule, { schedule: K }>>;
} = {
  stepDecay: { rate: ({ from, factor, every }, t) => from * factor ** Math.floor(t / every), numbers: decay },
  exponentialDecay: { rate: ({ from, factor, every }, t) => from * factor ** (t / every), numbers: decay },
  cosineDecay: {
    rate: ({ from, to, steps }, t) => alongCosine(from, to, t / steps),
    numbers: { from: rate, to: rate, steps: updates },
  },
  oneCycle: {
    rate: ({ from, max, to, steps, rise }, t) => {
      const top = rise * steps;
      return t < top ? alongCosine(from, max, t / top) : alongCosine(max, to, (t - top) / (steps - top));
    },
    numbers: { max: rate, steps: updates, from: rate, to: rate, rise: share },
  },
  warmUp: {
    rate: ({ steps, rate: after }, t) =>
      t < steps ? (learningRateAt(after, 0) * (t + 1)) / steps : learningRateAt(after, t - steps),
    numbers: { steps: updates },
    others: ['rate'],
  },
};

/** Half a period of a cosine, from one value at x = 0 to another at x = 1. */
const alongCosine = (from: number, to: number, x: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(x, 1)))) / 2;

const kindOf = (schedule: LearningRateSchedule) => kinds[schedule.schedule] as Kind<LearningRateSchedule>;

function isSchedule(value: unknown): value is LearningRateSchedule {
  const name = typeof value === 'object' ? member(value, 'schedule') : undefined;
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

/** The schedule of these options, and of what they leave out. */
function made<Options, Name extends LearningRateSchedule['schedule']>(
  name: Name,
  options: Options,
  rest: (options: Options) => object = () => ({}),
): Extract<LearningRateSchedule, { schedule: Name }> {
  const { numbers, others = [] } = kinds[name] as Kind<LearningRateSchedule>;
  checkKeys(name, options, [...Object.keys(numbers), ...others]);
  const schedule = { ...options, ...rest(options), schedule: name } as unknown as LearningRateSchedule;
  check(schedule);
  return schedule as Extract<LearningRateSchedule, { schedule: Name }>;
}

function check(schedule: LearningRateSchedule): void {
  const name = schedule.schedule;
  for (const [option, [expected, ok]] of Object.entries(kindOf(schedule).numbers)) {
    checkNumber(`${name}: ${option}`, schedule[option as keyof LearningRateSchedule], expected, ok);
  }
  if (schedule.schedule === 'warmUp') checkLearningRate(schedule.rate, 'warmUp: rate');
}
