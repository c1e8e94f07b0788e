/** Activations by name, as layers take them, and as a layer of their own. */
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { activation as activationOp } from '../../ops/activation.ts';
import { softmax as softmaxOp } from '../../ops/softmax.ts';
import { checkLayer, type LayerActivation, type LayerKind } from './layer.ts';

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

export interface ActivationLayer {
  readonly layer: 'activation';
  readonly activation: LayerActivation['activation'];
}

/** σ(x): an activation where it does not follow a weighted sum at once. Throws ArgumentError unless it is one such as relu. */
export function activation(f: LayerActivation): ActivationLayer {
  checkLayer('activation', f, {});
  return { layer: 'activation', activation: f.activation };
}

export const activationKind: LayerKind<ActivationLayer> = {
  shape: (_layer, [x]) => x,
  append: (layer, { graph, index }, [x]) => appendActivation(graph, layer.activation, x, `a${index}`),
  check: (layer) => void activation(layer),
  describe: (layer) => String(layer.activation),
};
