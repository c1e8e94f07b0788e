/** model(): models out of layers that are applied to values, with one input or several. */
import { isList, keysOf, member } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { size } from '../base/tensor.ts';
import { inputLayer } from './layers/input.ts';
import { outputsLayer } from './layers/outputs.ts';
import { apply, input, isValue, type Model, modelOf, type NamedOutputs, type Symbolic } from './model.ts';

/** The inputs of a model: one, several in a list, or several by name. */
export type ModelInputs = Symbolic | readonly Symbolic[] | Readonly<Record<string, Symbolic>>;

/**
 * The model that computes `output` from an input, or from several, with branches and joins as you applied the layers.
 *
 * Layers are numbered in the order in which they run, which gives keys such as `layers.0.weight`. Layers that the output does
 * not need are left out. Several inputs are layers too, the first ones, and have no weights.
 *
 * Several inputs have names, those of a list `'0'`, `'1'` and so on. `fromArrays({ inputs: { image, facts }, ... })` makes data sets
 * for them. `step`, `predict` and others take samples by name, or whole samples: the numbers of all inputs one after the other.
 *
 * @param from The input, from {@link input}: `x`, `[a, b]` or `{ image: a, facts: b }`.
 * @param output The output, from {@link apply}, or several by name: `{ digit, parity }`.
 * @throws {ArgumentError} For a `from` that is not an input, an output that depends on another input, or not on all of them.
 * @throws {ShapeError} For a layer that is applied to values for which it would need weights of different shapes.
 */
export function model(from: ModelInputs, output: Symbolic): Model;
/** The model that computes several outputs, by name. Each has a loss of its own, and `predict` gives them by name. */
export function model<Name extends string>(
  from: ModelInputs,
  outputs: Readonly<Record<Name, Symbolic>>,
): Model & NamedOutputs<Name>;
export function model(from: ModelInputs, to: Symbolic | Readonly<Record<string, Symbolic>>): Model {
  const output = isValue(to) || !keysOf(to) ? (to as Symbolic) : together(to as Readonly<Record<string, Symbolic>>);
  if (isValue(from) || !(isList(from) || keysOf(from))) return modelOf(from as Symbolic, output);
  const inputs = entriesOf(from);
  for (const [name, value] of inputs) checkInput(name, value);
  if (new Set(inputs.map(([, value]) => value)).size < Math.max(1, inputs.length))
    throw new ArgumentError(`model: expected inputs that are each there once, found ${showValue(Object.keys(from))}`);
  const whole = input([inputs.reduce((sum, [, { shape }]) => sum + size(shape), 0)]);
  const known = new Map<Symbolic, Symbolic>();
  let first = 0;
  for (const [name, value] of inputs) {
    known.set(value, apply(inputLayer({ name, shape: value.shape, first }), whole));
    first += size(value.shape);
  }
  const made = modelOf(whole, rewired(output, known));
  const unused = inputs.find(([name]) => !made.layers.some((layer) => layer.layer === 'input' && layer.name === name));
  if (!unused) return made;
  throw new ArgumentError(`model: expected an output of all inputs, found one that does not depend on ${unused[0]}`);
}

/** Values by name; one that cannot be read is none. */
const entriesOf = (values: object): [name: string, value: Symbolic][] =>
  Object.keys(values).map((name) => [name, member(values, name) as Symbolic]);

/** Several outputs as one value. */
function together(outputs: Readonly<Record<string, Symbolic>>): Symbolic {
  const entries = entriesOf(outputs);
  for (const [name, value] of entries) {
    if (!isValue(value) || !value.layer)
      throw new ArgumentError(`model: expected an output from apply() for ${name}, found ${showValue(value)}`);
  }
  return apply(outputsLayer({ names: entries.map(([name]) => name) }), ...entries.map(([, value]) => value));
}

function checkInput(name: string, value: unknown): void {
  if (!isValue(value) || value.layer)
    throw new ArgumentError(`model: expected an input() for ${name}, found ${showValue(value)}`);
  if (name === '' || name === 'inputs')
    throw new ArgumentError(`model: expected another name for an input, found ${showValue(name)}`);
}

/** The value with others in the place of those that are known. */
function rewired(output: Symbolic, known: Map<Symbolic, Symbolic>): Symbolic {
  if (!isValue(output)) return output;
  const found = known.get(output) ?? { ...output, of: output.of.map((value) => rewired(value, known)) };
  known.set(output, found);
  return found;
}
