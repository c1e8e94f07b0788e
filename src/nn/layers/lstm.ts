/** Long short-term memory, over the steps of a sequence. */
import { lstm as lstmOp } from '../../ops/lstm.ts';
import { type LayerCase, ofKind } from './layer.ts';
import { casesOfRecurrent, type Recurrent, type RecurrentOptions, recurrent, recurrentKind } from './recurrent.ts';

/** A layer of long short-term memory as plain data; made by {@link lstm}. */
export interface Lstm extends Recurrent {
  /** Kind of layer. */
  readonly layer: 'lstm';
}

/**
 * Long short-term memory over the steps of a sequence `[L, features]` (Hochreiter & Schmidhuber 1997), as PyTorch's `LSTM`:
 *
 * `i, f, o = σ(W_i x + b_i + W_h h + b_h)` and `g = tanh(W_i x + b_i + W_h h + b_h)`, each with rows of its own,
 * `c′ = f c + i g`, `h′ = o tanh(c′)`, from h = c = 0 on.
 *
 * The last state h comes out, `[units]`, or with `sequence: true` all of them, `[L, units]`. Parameters: `layers.i.weight_ih_l0`
 * `[4 units, features]`, `layers.i.weight_hh_l0` `[4 units, units]`, `layers.i.bias_ih_l0` and `layers.i.bias_hh_l0` `[4 units]`, each
 * in the order i, f, g, o.
 *
 * @param units Numbers in a state, up to 1024.
 * @throws {ArgumentError} For an invalid number of units, initialiser or option.
 */
export function lstm(units: number, options: RecurrentOptions = {}): Lstm {
  return ofKind(lstmKind, { layer: 'lstm', ...recurrent('lstm', units, options) });
}

export const lstmKind = /* @__PURE__ */ recurrentKind(lstmOp, 4, lstm);

export const lstmCases = (): readonly LayerCase[] => casesOfRecurrent(lstm);
