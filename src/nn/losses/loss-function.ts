/** A custom loss: WGSL for the GPU, and the same functions in JavaScript for the reference. */
import { checkKeys, isList } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { isFinite32 } from '../../base/float32.ts';
import { showValue } from '../../base/show-value.ts';
import type { Loss } from '../../ops/loss-table.ts';
import { checkName, ownFunction, PLACES } from '../own-function.ts';
import * as facts from './facts.ts';
import { type LossFunction, type LossOptions, ofRule } from './loss.ts';
import { appendTerms } from './terms.ts';

/** Options of {@link lossFunction}. */
export interface LossFunctionOptions extends LossOptions {
  /** Name in printouts, errors and files: letters, digits, `_` and `-`. */
  name: string;
  /** WGSL that declares `fn loss(a: f32, y: f32) -> f32`, with any functions and constants it needs. */
  wgsl: string;
  /** WGSL that declares `fn derivative(a: f32, y: f32) -> f32`, ∂loss/∂a; it may call what `wgsl` declares. */
  derivative: string;
  /** The same two functions in JavaScript, for the CPU reference. */
  reference: {
    /** The loss of an output a whose target is y. */
    loss(a: number, y: number): number;
    /** ∂loss/∂a. */
    derivative(a: number, y: number): number;
  };
  /** Largest error that `check` allows for either function: `tolerance · (1 + |reference|)`. Default: 1e-5. */
  tolerance?: number;
  /**
   * Pairs `[a, y]` at which the derivative is compared with the slope, away from kinks. Give some for a loss that is not finite
   * everywhere, such as one with a logarithm. Default: 32 pairs, with a between −6 and 6 and y between −2 and 2.
   */
  points?: readonly (readonly [a: number, y: number])[];
}

const isPair = (point: unknown): boolean => isList(point) && point.length === 2 && Array.from(point).every(isFinite32);

const TARGETS = [-1.37, 0, 0.61, 1];
const MOST_POINTS = 1000;
const POINTS = PLACES.flatMap((a) => TARGETS.map((y) => [a, y] as const));

/**
 * A loss of your own: the sum over the outputs of a function of an output a and its target y, times what the reduction says. Its
 * gradient goes through the activation of the last layer as that of any loss.
 *
 * `lossFunction` compares `reference.derivative` with the slope of `reference.loss` at the points. `net.check()` compares the
 * WGSL with the reference; WGSL that does not compile is a ShaderError of {@link compile}, with the text and its line. Names
 * that the texts declare never clash with others. A file of the net holds the name of the loss and a digest of its WGSL.
 *
 * @throws {ArgumentError} For a text without its function, a reference that is not finite at one of the points, or a derivative
 * that is not the slope there.
 */
export function lossFunction(options: LossFunctionOptions): LossFunction {
  const known = ['name', 'wgsl', 'derivative', 'reference', 'tolerance', 'points', 'reduction'];
  checkKeys('lossFunction', options, known);
  const { name, wgsl, derivative, reference, tolerance = 1e-5, points = POINTS, ...others } = options;
  checkName('lossFunction', name);
  if (!isList(points) || points.length === 0 || points.length > MOST_POINTS || !Array.from(points).every(isPair)) {
    throw new ArgumentError(
      `lossFunction ${name}: points must be 1 to ${MOST_POINTS} pairs [a, y] of numbers, found ${showValue(points)}`,
    );
  }
  const own = ownFunction({
    ...{ where: `lossFunction ${name}`, name: 'loss', parameters: 'a: f32, y: f32', places: points },
    ...{ wgsl, derivative, reference, tolerance },
  });
  const term: Loss = {
    name,
    toString: () => name,
    shaders: own.shaders,
    wgsl: own.wgsl,
    term: (a, y) => reference.loss(a, y),
    gradient: (a, y) => reference.derivative(a, y),
    rounding: (a, y) => own.allowed(reference.loss(a, y)),
    gradientRounding: (a, y) => own.allowed(reference.derivative(a, y)),
  };
  const rule = { ...facts.ownLoss, name, append: (site: Parameters<typeof appendTerms>[0]) => appendTerms(site, term) };
  return ofRule(rule, { ...others, wgsl: own.wgsl });
}
