/** Activations by name, as layers take them, and as a layer of their own. */
import { append, type Graph, type Node } from '../../graph/graph.ts';
import { activation as activationOp } from '../../ops/activation.ts';
import * as rows from '../../ops/activation-table.ts';
import { softmax as softmaxOp } from '../../ops/softmax.ts';
import {
  activationIn,
  checkLayer,
  type LayerActivation,
  type LayerCase,
  type LayerKind,
  named,
  ofKind,
  rowOf,
} from './layer.ts';

/** The logistic function: `σ(z) = 1 / (1 + e⁻ᶻ)`. */
export const sigmoid = /* @__PURE__ */ named('sigmoid', rows.sigmoid);
/** The hyperbolic tangent: `σ(z) = tanh z`. */
export const tanh = /* @__PURE__ */ named('tanh', rows.tanh);
/** The rectified linear unit: `σ(z) = max(z, 0)`, with `σ'(0) = 0`. */
export const relu = /* @__PURE__ */ named('relu', rows.relu);
/** The leaky ReLU: `σ(z) = z` for z > 0, else `0.01 z`, as PyTorch's `LeakyReLU()`. */
export const leakyRelu = /* @__PURE__ */ named('leakyRelu', rows.leakyRelu);
/** The exponential linear unit: `σ(z) = z` for z > 0, else `eᶻ − 1` (Clevert et al. 2016), with α = 1. */
export const elu = /* @__PURE__ */ named('elu', rows.elu);
/**
 * The Gaussian error linear unit in its tanh form: `σ(z) = z/2 · (1 + tanh(√(2/π) (z + 0.044715 z³)))` (Hendrycks & Gimpel
 * 2016), as PyTorch's `GELU(approximate='tanh')`.
 */
export const gelu = /* @__PURE__ */ named('gelu', rows.gelu);
/** The sigmoid linear unit, also called swish: `σ(z) = z / (1 + e⁻ᶻ)`. */
export const silu = /* @__PURE__ */ named('silu', rows.silu);
/** A smooth ReLU: `σ(z) = ln(1 + eᶻ)`. */
export const softplus = /* @__PURE__ */ named('softplus', rows.softplus);
/** Mish: `σ(z) = z tanh(ln(1 + eᶻ))` (Misra 2019). */
export const mish = /* @__PURE__ */ named('mish', rows.mish);
/** The ReLU with a ceiling: `σ(z) = min(max(z, 0), 6)`, with `σ'(0) = σ'(6) = 0`. */
export const relu6 = /* @__PURE__ */ named('relu6', rows.relu6);
/** A sigmoid of three straight lines: `σ(z) = min(max((z + 3) / 6, 0), 1)` (Howard et al. 2019), as PyTorch's `Hardsigmoid`. */
export const hardSigmoid = /* @__PURE__ */ named('hardSigmoid', rows.hardSigmoid);
/** SiLU with {@link hardSigmoid} in place of the sigmoid: `σ(z) = z min(max((z + 3) / 6, 0), 1)` (Howard et al. 2019). */
export const hardSwish = /* @__PURE__ */ named('hardSwish', rows.hardSwish);
/**
 * The scaled exponential linear unit: `σ(z) = λ z` for z > 0, else `λ α (eᶻ − 1)`, with λ ≈ 1.0507 and α ≈ 1.6733 (Klambauer
 * et al. 2017). With weights from {@link lecun}, their default here, outputs keep mean 0 and variance 1 from layer to layer.
 */
export const selu = /* @__PURE__ */ named('selu', rows.selu);
/**
 * Probabilities from logits: `σ(z)ᵢ = exp zᵢ / Σₖ exp zₖ`, over the units of `[units]`, or over the channels of `[C, ...]` at each
 * place, as PyTorch's `Softmax(dim=1)`.
 */
export const softmax = /* @__PURE__ */ named('softmax');
/** The identity: `σ(z) = z`. */
export const linear = /* @__PURE__ */ named('linear', rows.linear);

/** σ(z); the linear activation is z itself. */
export function appendActivation(graph: Graph, of: LayerActivation, z: Node, name: string): Node {
  if (of.activation === 'linear') return z;
  if (of.activation === 'softmax') return append(graph, softmaxOp, [z], {}, name);
  return append(graph, activationOp, [z], { f: rowOf(of)! }, name);
}

/** An activation as a layer of its own, as plain data; made by {@link activation}. */
export interface ActivationLayer {
  /** Kind of layer. */
  readonly layer: 'activation';
  /** Name of σ, or an activation of your own. */
  readonly activation: LayerActivation['activation'];
}

/**
 * An activation as a layer of its own: `a = σ(x)`, for places where it does not directly follow a weighted sum, such as after
 * {@link batchNorm}.
 *
 * @param f σ, such as {@link relu}.
 * @throws {ArgumentError} For a value that is not an activation.
 */
export function activation(f: LayerActivation): ActivationLayer {
  checkLayer('activation', f, {});
  return ofKind(activationKind, { layer: 'activation', ...activationIn(f) });
}

export const activationKind: LayerKind<ActivationLayer> = {
  shape: (_layer, [x]) => x,
  append: (layer, { graph, index }, [x]) => appendActivation(graph, layer, x, `a${index}`),
  remade: (layer) => activation(layer),
  describe: (layer) => String(layer.activation),
};

export const activationCases = (): readonly LayerCase[] =>
  [relu, tanh, softmax, linear].map((f) => ({ layer: activation(f), inputs: [[7]] }));
