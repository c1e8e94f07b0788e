/** From steps to a model, its parameters and the loss that its outputs are made for. */
import type { Tensor } from '../../base/tensor.ts';
import { model as modelOf } from '../../nn/functional.ts';
import type { Layer } from '../../nn/layers/index.ts';
import { activationIn, kindOf, type LayerActivation } from '../../nn/layers/layer.ts';
import type { LossFunction } from '../../nn/losses/loss.ts';
import { sigmoidCrossEntropy } from '../../nn/losses/sigmoid-cross-entropy.ts';
import { softmaxCrossEntropy } from '../../nn/losses/softmax-cross-entropy.ts';
import { apply, input, type Model, type Symbolic } from '../../nn/model.ts';
import { isReshape } from './steps.ts';
import type { Step } from './value.ts';

/** Steps by the names of the outputs, or inputs, of the graph. */
export type Named = ReadonlyMap<string, Step>;

/** Losses that turn outputs into predictions by themselves. */
const losses = { softmax: softmaxCrossEntropy, sigmoid: sigmoidCrossEntropy };

/** The last activation of each output left to a loss; undefined where one of them has none that a loss takes over. */
export function withLosses(
  outputs: Named,
): { readonly outputs: Named; readonly losses: Map<string, LossFunction> } | undefined {
  const found = new Map<string, LossFunction>();
  const before = new Map<string, Step>();
  for (const [name, step] of outputs) {
    const last = isReshape(step) ? step.of[0] : step;
    const activation = last.layer?.layer === 'activation' ? last.layer.activation : undefined;
    const isSoftmax = activation === 'softmax' && step.shape[0] > 1 && step.shape[0] === last.shape[0];
    if (!(activation === 'sigmoid' || isSoftmax) || !last.of[0].layer) return undefined;
    found.set(name, losses[activation]());
    before.set(name, last === step ? last.of[0] : { ...step, of: last.of });
  }
  return { outputs: before, losses: found };
}

/** All steps that these depend on, each after those it is applied to. */
export function inOrder(outputs: Iterable<Step>): Step[] {
  const order = new Set<Step>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const step = stack[stack.length - 1];
    const missing = order.has(step) ? [] : step.of.filter((one) => !order.has(one));
    if (missing.length > 0) stack.push(...missing.toReversed());
    else {
      order.add(step);
      stack.pop();
    }
  }
  return [...order];
}

/** The same with activations as part of the weighted sums that they alone are applied to: `dense(10, relu)`. */
export function fused(outputs: Named): Named {
  const order = inOrder(outputs.values());
  const uses = new Map<Step, number>();
  for (const step of [...outputs.values(), ...order.flatMap(({ of }) => of)]) uses.set(step, (uses.get(step) ?? 0) + 1);
  const owners = new Map<Layer, number>();
  for (const { layer } of order) if (layer) owners.set(layer, (owners.get(layer) ?? 0) + 1);
  const now = new Map<Step, Step>();
  for (const step of order) {
    if (!step.layer) {
      now.set(step, step); // an input
      continue;
    }
    const of = step.of.map((one) => now.get(one)!);
    const [before] = step.of;
    const isFused =
      step.layer.layer === 'activation' &&
      uses.get(before) === 1 &&
      isLinear(before.layer) &&
      owners.get(before.layer) === 1;
    now.set(step, isFused ? withActivation(of[0], step.layer as LayerActivation) : { ...step, of });
  }
  return new Map([...outputs].map(([name, step]) => [name, now.get(step)!]));
}

/** Whether it is a weighted sum without an activation. */
const isLinear = (layer: Layer | undefined): layer is Layer =>
  layer !== undefined && 'biasInit' in layer && 'activation' in layer && layer.activation === 'linear';

function withActivation(step: Step, f: LayerActivation): Step {
  // Their initialisers are those of the activation: all values come from the file.
  const { init: _init, ...plain } = step.layer as Layer & { init?: unknown };
  const layer = kindOf(step.layer!).remade({ ...plain, ...activationIn(f) } as Layer);
  return { ...step, layer };
}

/** The model of steps. Throws ArgumentError for inputs or outputs that none can have. */
export function assembled(
  inputs: Named,
  outputs: Named,
): { readonly model: Model; readonly steps: ReadonlyMap<Layer, Step> } {
  const values = new Map<Step, Symbolic>();
  const steps = new Map<Layer, Step>();
  const given = new Map([...inputs].map(([name, step]) => [name, input(step.shape)]));
  for (const [name, step] of inputs) values.set(step, given.get(name)!);
  for (const step of inOrder(outputs.values())) {
    if (!step.layer) continue;
    steps.set(step.layer, step);
    values.set(step, apply(step.layer, ...step.of.map((one) => values.get(one)!)));
  }
  const from = given.size === 1 ? [...given.values()][0] : Object.fromEntries(given);
  const found = [...outputs].map(([name, step]) => [name, values.get(step)!] as const);
  const model = found.length === 1 ? modelOf(from, found[0][1]) : modelOf(from, Object.fromEntries(found));
  return { model, steps };
}

/** The tensors of all layers, by the keys that the net has for them. */
export function parametersFor({ layers, weightsOf }: Model, steps: ReadonlyMap<Layer, Step>): Record<string, Tensor> {
  const parameters: Record<string, Tensor> = {};
  layers.forEach((layer, i) => {
    if ((weightsOf?.[i] ?? i) !== i) return;
    for (const [key, { shape, numbers }] of Object.entries(steps.get(layer)?.tensors ?? {}))
      parameters[`layers.${i}.${key}`] = { shape, data: Float32Array.from(numbers()) };
  });
  return parameters;
}
