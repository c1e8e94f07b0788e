/** A gated recurrent unit, over the steps of a sequence. */
import { gru as gruOp } from '../../ops/gru.ts';
import { type LayerCase, ofKind } from './layer.ts';
import { casesOfRecurrent, type Recurrent, type RecurrentOptions, recurrent, recurrentKind } from './recurrent.ts';

/** A layer of gated recurrent units as plain data; made by {@link gru}. */
export interface Gru extends Recurrent {
  /** Kind of layer. */
  readonly layer: 'gru';
}

/**
 * Gated recurrent units over the steps of a sequence `[L, features]` (Cho et al. 2014), as PyTorch's `GRU`:
 *
 * `r = σ(W_ir x + b_ir + W_hr h + b_hr)`, `z = σ(W_iz x + b_iz + W_hz h + b_hz)`, `n = tanh(W_in x + b_in + r (W_hn h + b_hn))`,
 * `h′ = (1 − z) n + z h`, from h = 0 on.
 *
 * The last state comes out, `[units]`, or with `sequence: true` all of them, `[L, units]`. Parameters: `layers.i.weight_ih_l0`
 * `[3 units, features]`, `layers.i.weight_hh_l0` `[3 units, units]`, `layers.i.bias_ih_l0` and `layers.i.bias_hh_l0` `[3 units]`, each
 * in the order r, z, n.
 *
 * @param units Numbers in a state, up to 1024.
 * @throws {ArgumentError} For an invalid number of units, initialiser or option.
 */
export function gru(units: number, options: RecurrentOptions = {}): Gru {
  return ofKind(gruKind, { layer: 'gru', ...recurrent('gru', units, options) });
}

export const gruKind = /* @__PURE__ */ recurrentKind(gruOp, 3, gru);

export const gruCases = (): readonly LayerCase[] => casesOfRecurrent(gru);
