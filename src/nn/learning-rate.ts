/**
 * Learning rates as plain data: a number, or a schedule. The rate of a schedule is a function of t, the updates done so far
 * (0 at the first one), and of what it has seen of the epochs, which is data in it. So training that goes on from a saved t
 * and a saved schedule goes on exactly. Past its last step a schedule stays where it ended.
 */
import { checkKeys, checkNumber, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';

/** A learning rate η: a constant ≥ 0, or a schedule. */
export type LearningRate = number | LearningRateSchedule;
/**
 * A learning rate that changes with t, the number of updates done before, or with what epochs come to, as plain data. Past its
 * last step a schedule keeps its final rate.
 */
export type LearningRateSchedule = StepDecay | ExponentialDecay | CosineDecay | OneCycle | ReduceOnPlateau | WarmUp;

interface Decay {
  /** Initial rate. */
  readonly from: number;
  /** What the rate is multiplied by. */
  readonly factor: number;
  /** Updates per multiplication. */
  readonly every: number;
}
/** A schedule made by {@link stepDecay}. */
export interface StepDecay extends Decay {
  /** Kind of schedule. */
  readonly schedule: 'stepDecay';
}
/** A schedule made by {@link exponentialDecay}. */
export interface ExponentialDecay extends Decay {
  /** Kind of schedule. */
  readonly schedule: 'exponentialDecay';
}
/** A schedule made by {@link cosineDecay}. */
export interface CosineDecay {
  /** Kind of schedule. */
  readonly schedule: 'cosineDecay';
  /** Initial rate. */
  readonly from: number;
  /** Final rate. */
  readonly to: number;
  /** Updates from the first to the second. */
  readonly steps: number;
}
/** A schedule made by {@link oneCycle}. */
export interface OneCycle {
  /** Kind of schedule. */
  readonly schedule: 'oneCycle';
  /** Initial rate. */
  readonly from: number;
  /** Highest rate. */
  readonly max: number;
  /** Final rate. */
  readonly to: number;
  /** Updates in the whole cycle. */
  readonly steps: number;
  /** Fraction of the steps in which the rate rises. */
  readonly rise: number;
}
/** A schedule made by {@link reduceOnPlateau}. */
export interface ReduceOnPlateau {
  /** Kind of schedule. */
  readonly schedule: 'reduceOnPlateau';
  /** Initial rate. */
  readonly from: number;
  /** Lowest rate. */
  readonly to: number;
  /** What the rate is multiplied by. */
  readonly factor: number;
  /** Epochs without an improvement that change nothing. */
  readonly patience: number;
  /** What an improvement has to be larger than. */
  readonly threshold: number;
  /** Whether `threshold` is a fraction of the best value so far, or a difference from it. */
  readonly thresholdMode: 'relative' | 'absolute';
  /** Epochs after a reduction in which none is counted. */
  readonly cooldown: number;
  /** What it has seen of the epochs so far; absent before the first. */
  readonly seen?: SeenEpochs;
}
/** What {@link reduceOnPlateau} knows after some epochs. */
export interface SeenEpochs {
  /** The present rate. */
  readonly rate: number;
  /** The best value. */
  readonly best: number;
  /** Epochs in a row without an improvement. */
  readonly waited: number;
  /** Epochs left of the cooldown. */
  readonly cooling: number;
  /** The last epoch of the net that it has seen. */
  readonly epoch: number;
}
/** A schedule made by {@link warmUp}. */
export interface WarmUp {
  /** Kind of schedule. */
  readonly schedule: 'warmUp';
  /** Updates in which the rate rises. */
  readonly steps: number;
  /** The rate after that. */
  readonly rate: LearningRate;
}

/**
 * Multiplies the rate by `factor` after every `every` updates: `η(t) = from · factor^⌊t / every⌋`.
 *
 * @param options.from Initial rate, ≥ 0.
 * @param options.factor What the rate is multiplied by, > 0.
 * @param options.every Updates between two multiplications, a positive integer.
 * @throws {ArgumentError} For a number outside these ranges or an unknown option.
 */
export const stepDecay = (options: { from: number; factor: number; every: number }): StepDecay =>
  made('stepDecay', options);

/**
 * Decays the rate exponentially, by `factor` in every `every` updates: `η(t) = from · factor^(t / every)`.
 *
 * @param options.from Initial rate, ≥ 0.
 * @param options.factor What the rate is multiplied by, > 0.
 * @param options.every Updates in which it is multiplied once, a positive integer.
 * @throws {ArgumentError} For a number outside these ranges or an unknown option.
 */
export const exponentialDecay = (options: { from: number; factor: number; every: number }): ExponentialDecay =>
  made('exponentialDecay', options);

/**
 * Lowers the rate along half a cosine: `η(t) = to + (from − to) (1 + cos(π t / steps)) / 2` (Loshchilov & Hutter 2017).
 *
 * @param options.from Initial rate, ≥ 0.
 * @param options.to Final rate, ≥ 0. Default: 0.
 * @param options.steps Updates until the final rate, a positive integer; {@link updatesIn} counts them.
 * @throws {ArgumentError} For a number outside these ranges or an unknown option.
 */
export const cosineDecay = (options: { from: number; to?: number; steps: number }): CosineDecay =>
  made('cosineDecay', options, ({ to = 0 }) => ({ to }));

/**
 * Raises the rate from `from` to `max` in the first `rise` · `steps` updates, then lowers it to `to`, both along half a
 * cosine (Smith & Topin 2018).
 *
 * PyTorch's `OneCycleLR(total_steps=n, pct_start=p)` reaches the top in update p · n − 1 and its end in update n − 1: for the
 * same rates give `steps: n - 1` and `rise: (p * n - 1) / (n - 1)`. It also cycles the momentum, unless
 * `cycle_momentum=False`; here the momentum does not change.
 *
 * @param options.max Highest rate, ≥ 0.
 * @param options.steps Updates in the cycle, a positive integer; {@link updatesIn} counts them.
 * @param options.from Initial rate, ≥ 0. Default: `max / 25`.
 * @param options.to Final rate, ≥ 0. Default: `from / 10⁴`.
 * @param options.rise Fraction of the steps in which the rate rises, above 0 and below 1. Default: 0.3.
 * @throws {ArgumentError} For a number outside these ranges or an unknown option.
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
 * Lowers the rate where training gets no better, as PyTorch's `ReduceLROnPlateau`: multiplies it by `factor` after more than
 * `patience` epochs in a row without an improvement.
 *
 * It watches the `metric` of the validation of {@link Trainer.fit}, by default its loss. Without a validation set it watches the
 * training loss. `fit` then waits for every epoch. {@link Trainer.save} saves what it has seen so far.
 *
 * @param options.from Initial rate, ≥ 0.
 * @param options.factor What the rate is multiplied by, above 0 and below 1. Default: 0.1.
 * @param options.patience Epochs without an improvement that change nothing, an integer ≥ 0. Default: 10.
 * @param options.threshold What an improvement has to be larger than, ≥ 0. Default: 10⁻⁴.
 * @param options.thresholdMode Whether `threshold` is a fraction of the best value so far (`'relative'`), or a difference from
 * it (`'absolute'`). Default: `'relative'`.
 * @param options.cooldown Epochs after a reduction that do not count as waiting, an integer ≥ 0. Default: 0.
 * @param options.to Lowest rate, ≥ 0. Default: 0.
 * @throws {ArgumentError} For a number outside these ranges or an unknown option.
 */
export function reduceOnPlateau(options: {
  from: number;
  factor?: number;
  patience?: number;
  threshold?: number;
  thresholdMode?: 'relative' | 'absolute';
  cooldown?: number;
  to?: number;
}): ReduceOnPlateau {
  const defaults = { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, to: 0 };
  return made('reduceOnPlateau', options, (given) => {
    const { thresholdMode = 'relative' } = given;
    const left = Object.entries(defaults).filter(([name]) => member(given, name) === undefined);
    return { ...Object.fromEntries(left), thresholdMode };
  });
}

/**
 * Raises the rate linearly, then follows `rate` (Goyal et al. 2017): for the first `steps` updates
 * `η(t) = η₀ (t + 1) / steps`, where η₀ is the initial value of `rate`; after them `rate` at `t − steps`.
 *
 * @param options.steps Updates in which the rate rises, a positive integer.
 * @param options.rate The rate after that: a number or another schedule.
 * @throws {ArgumentError} For an invalid number, rate or option.
 */
export const warmUp = (options: { steps: number; rate: LearningRate }): WarmUp => made('warmUp', options);

/**
 * The number of updates in training on a data set, for the `steps` and `every` of a schedule:
 * `epochs · ⌈count / (batch · accumulate)⌉`.
 *
 * @param dataset The data set, or anything with the `count` of its samples.
 * @param options.batch Samples per step.
 * @param options.epochs Epochs. Default: 1.
 * @param options.accumulate Batches per update, as given to {@link compile}. Default: 1.
 * @throws {ArgumentError} For a number that is not a positive integer or an unknown option.
 */
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

/**
 * The learning rate of one update.
 *
 * @param rate A number, which is returned as it is, or a schedule.
 * @param t Updates done before: 0 for the first one.
 * @throws {ArgumentError} For a `rate` that is not a learning rate, or a `t` that is not a number.
 */
export function learningRateAt(rate: LearningRate, t: number): number {
  if (typeof rate === 'number') return rate;
  if (isSchedule(rate) && typeof t === 'number') return kindOf(rate).rate(rate, t);
  const found = `${showValue(rate)} after ${showValue(t)}`;
  throw new ArgumentError(`learningRateAt: expected a learning rate and a number of updates, found ${found}`);
}

/** Whether a rate depends on what epochs come to. */
export const watchesEpochs = (rate: LearningRate): boolean => lastSeen(rate) !== undefined;

/** The last epoch of the net that a rate has seen, 0 before the first; undefined where it does not look at epochs. */
export function lastSeen(rate: LearningRate): number | undefined {
  if (typeof rate === 'number') return undefined;
  if (rate.schedule === 'warmUp') return lastSeen(rate.rate);
  return rate.schedule === 'reduceOnPlateau' ? (rate.seen?.epoch ?? 0) : undefined;
}

/** What an epoch of the net came to. */
export interface Outcome {
  readonly epoch: number;
  readonly value: number;
  /** Whether more is better. */
  readonly highest: boolean;
}

/** The rate after an epoch. */
export function afterEpoch(rate: LearningRate, outcome: Outcome): LearningRate {
  if (typeof rate === 'number') return rate;
  if (rate.schedule === 'warmUp') return { ...rate, rate: afterEpoch(rate.rate, outcome) };
  return rate.schedule === 'reduceOnPlateau' ? { ...rate, seen: withOutcome(rate, outcome) } : rate;
}

function withOutcome(plateau: ReduceOnPlateau, { epoch, value, highest }: Outcome): SeenEpochs {
  const { from, to, factor, patience, cooldown, seen } = plateau;
  const { rate, best, waited, cooling } = seen ?? { rate: from, best: undefined, waited: 0, cooling: 0 };
  const isBetter = best === undefined || improves(plateau, value, best, highest ? 1 : -1);
  const now = { rate, best: isBetter ? value : best, epoch, cooling: Math.max(0, cooling - 1) };
  const waiting = isBetter || cooling > 0 ? 0 : waited + 1;
  if (waiting <= patience) return { ...now, waited: waiting };
  return { ...now, rate: Math.max(rate * factor, to), cooling: cooldown, waited: 0 };
}

/** `sign` is −1 where less is better. */
function improves({ threshold, thresholdMode }: ReduceOnPlateau, value: number, best: number, sign: number): boolean {
  const bar = thresholdMode === 'relative' ? best * (1 + sign * threshold) : best + sign * threshold;
  return sign * value > sign * bar;
}

/** Which numbers of a schedule are rates. */
const RATES = ['from', 'max', 'to', 'rate'];

/** A learning rate that is at all times so many times as high. */
export function scaledRate(rate: LearningRate, by: number): LearningRate {
  const scaled = (value: unknown, isRate: boolean): unknown => {
    if (typeof value === 'number') return isRate ? value * by : value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, scaled(part, RATES.includes(name))]));
  };
  return scaled(rate, true) as LearningRate;
}

/** Throws ArgumentError unless the value is a finite number ≥ 0. */
export function checkConstantRate(value: unknown, where: string, expected = 'a finite number ≥ 0'): void {
  checkNumber(where, value, expected, (rate) => rate >= 0);
}

/** Throws ArgumentError unless the value is such a number or a valid schedule. */
export function checkLearningRate(value: unknown, where: string): void {
  if (isSchedule(value)) check(value);
  else checkConstantRate(value, where, 'a finite number ≥ 0 or a schedule such as cosineDecay()');
}

/** Whether a value is a valid learning rate. */
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
const whole: Demand = ['an integer ≥ 0', (value) => Number.isSafeInteger(value) && value >= 0];
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
  reduceOnPlateau: {
    rate: ({ from, seen }) => seen?.rate ?? from,
    numbers: { from: rate, factor: share, patience: whole, threshold: rate, cooldown: whole, to: rate },
    others: ['thresholdMode'],
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
  if (schedule.schedule === 'reduceOnPlateau') checkPlateau(schedule);
}

function checkPlateau({ thresholdMode, seen }: ReduceOnPlateau): void {
  if (thresholdMode !== 'relative' && thresholdMode !== 'absolute') {
    const found = showValue(thresholdMode);
    throw new ArgumentError(`reduceOnPlateau: thresholdMode must be 'relative' or 'absolute', found ${found}`);
  }
  if (seen === undefined) return;
  checkKeys('reduceOnPlateau: seen', seen, ['rate', 'best', 'waited', 'cooling', 'epoch']);
  const counts = [seen.waited, seen.cooling, seen.epoch].every((n) => Number.isSafeInteger(n) && n >= 0);
  if (counts && Number.isFinite(seen.best) && Number.isFinite(seen.rate) && seen.rate >= 0) return;
  const expected = '{ rate, best, waited, cooling, epoch } of finite numbers';
  throw new ArgumentError(`reduceOnPlateau: seen must be ${expected}, found ${showValue(seen)}`);
}
