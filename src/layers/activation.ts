/** Activations by name, as layers take them. */
import { append, type Graph, type Node } from '../graph.ts';
import { activation as activationOp } from '../ops/activation.ts';
import type { ActivationName } from '../ops/activations.ts';
import { softmax as softmaxOp } from '../ops/softmax.ts';

export interface LayerActivation {
  readonly activation: ActivationName | 'softmax';
}
const named = (activation: LayerActivation['activation']): LayerActivation => ({ activation });
/** 1 / (1 + e⁻ᶻ) */
export const sigmoid = named('sigmoid');
export const tanh = named('tanh');
/** max(z, 0), σ'(0) = 0 */
export const relu = named('relu');
/** z for z > 0, else z / 100 */
export const leakyRelu = named('leakyRelu');
/** z for z > 0, else eᶻ − 1 */
export const elu = named('elu');
/** z/2 (1 + tanh(√(2/π) (z + 0.044715 z³))) (Hendrycks & Gimpel 2016, tanh form) */
export const gelu = named('gelu');
/** z / (1 + e⁻ᶻ) */
export const silu = named('silu');
/** log(1 + eᶻ) */
export const softplus = named('softplus');
/** exp(zᵢ) / Σ exp(zₖ) over the units of the layer */
export const softmax = named('softmax');
export const linear = named('linear');

/** σ(z); the linear activation is z itself. */
export function appendActivation(graph: Graph, activation: LayerActivation['activation'], z: Node, name: string): Node {
  if (activation === 'linear') return z;
  if (activation === 'softmax') return append(graph, softmaxOp, [z], {}, name);
  return append(graph, activationOp, [z], { f: activation }, name);
}
