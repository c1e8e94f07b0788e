/** The forward and backward pass of one point at one unit, as rows of numbers whose sums can be checked by hand. */
import type { Tensor } from 'retrograd';
import { isRegression, type PlaneSettings } from '../../lab/plane/plane-protocol.ts';
import type { UnitPlace } from './unit-place.ts';
import { inputTitle } from './unit-values.ts';

/** The tensors of a pass of one point, by name. */
export type Pass = Readonly<Record<string, Tensor>>;

/** What comes in at a unit, with its weight. */
export interface IncomingRow {
  readonly title: string;
  readonly input: number;
  readonly weight: number;
  readonly product: number;
  /** ∂C/∂w */
  readonly gradient: number;
}

/** What a unit hands on, and what comes back of the error. */
export interface OutgoingRow {
  readonly title: string;
  readonly weight: number;
  readonly delta: number;
  readonly product: number;
}

export interface UnitPass {
  readonly incoming: readonly IncomingRow[];
  readonly bias: number;
  readonly z: number;
  /** What the unit gives; of the output, the prediction. */
  readonly a: number;
  /** None for the output. */
  readonly outgoing: readonly OutgoingRow[];
  /** σ'(z) */
  readonly slope: number;
  readonly delta: number;
}

/** Tensors of layers are numbered from 1. Undefined for a pass that is of another net. */
export function unitPassOf(pass: Pass, { layer, unit }: UnitPlace, settings: PlaneSettings): UnitPass | undefined {
  const number = layer + 1;
  const isOutput = layer === settings.hidden.length;
  const of = (name: string): ArrayLike<number> | undefined => pass[name]?.data;
  const [W, b, z, delta, dW] = ['W', 'b', 'z', 'delta', 'dW'].map((name) => of(`${name}${number}`));
  const inputs = layer === 0 ? of('x') : activationsOf(pass, layer);
  if (!W || !b || !z || !delta || !dW || !inputs || unit >= b.length) return undefined;
  const count = inputs.length;
  const incoming = Array.from({ length: count }, (_, i): IncomingRow => {
    const [input, weight] = [inputs[i], W[unit * count + i]];
    const title = inputTitle({ layer, unit }, i, settings);
    return { title, input, weight, product: input * weight, gradient: dW[unit * count + i] };
  });
  const a = isOutput ? of('prediction') : activationsOf(pass, number);
  const [next, nextDelta] = [of(`W${number + 1}`), of(`delta${number + 1}`)];
  const outgoing = Array.from({ length: isOutput ? 0 : (nextDelta?.length ?? 0) }, (_, to): OutgoingRow => {
    const [weight, back] = [next![to * b.length + unit], nextDelta![to]];
    const title = number === settings.hidden.length ? 'output' : `unit ${to}`;
    return { title, weight, delta: back, product: weight * back };
  });
  const slope = of(`slope${number}`)?.[unit] ?? 1; // a = z has the slope 1
  return { incoming, bias: b[unit], z: z[unit], a: a![unit], outgoing, slope, delta: delta[unit] };
}

/** What a hidden layer gives, numbered from 1; where a = z there is one tensor for both. */
const activationsOf = (pass: Pass, number: number): ArrayLike<number> | undefined =>
  (pass[`a${number}`] ?? pass[`z${number}`])?.data;

/** How δ of the output comes about. */
export const outputDelta = ({ data }: PlaneSettings): string =>
  isRegression(data) ? 'δ = 2 (prediction − target)' : 'δ = prediction − target';
