/** The recurrent layers of Keras, in the order of gates that PyTorch has. */
import type { gru } from '../nn/layers/gru.ts';
import type { lstm } from '../nn/layers/lstm.ts';
import { apply } from '../nn/model.ts';
import { type Convert, expectShapes, transposing } from './site.ts';
import { inOrder } from './values.ts';

/** Cells with so many gates; `order` has the gates of Keras where theirs is another. Only that of GRU is. */
export function recurrent(make: typeof gru | typeof lstm, gates: number, order: readonly number[]): Convert {
  return (config) => {
    const units = config.count('units');
    const sequence = config.flag('return_sequences', false);
    const hasBias = config.flag('use_bias', true);
    config.choice('activation', 'tanh');
    config.choice('recurrent_activation', 'sigmoid');
    const isGru = order.length > 0;
    // A GRU of Keras has two biases where it resets the state after the product, as that of PyTorch does.
    if (isGru && !config.flag('reset_after', true)) config.problems.push('reset_after: expected true, found false');
    if (!isGru) config.flag('unit_forget_bias', true);
    for (const rate of ['dropout', 'recurrent_dropout']) {
      const found = config.number(rate, 0);
      if (found !== 0) config.problems.push(`${rate}: expected 0, found ${found}`);
    }
    return ([given], site) => {
      expectShapes([given], ({ length }) => length === 2, 'sequences');
      const x = inOrder(given);
      const [, features] = x.shape;
      const all = gates * units;
      /** The parts of each gate of a list [..., gates, units], in the order of PyTorch. */
      const inGates = (rows: number) => (data: Float32Array) => {
        const turned = transposing([rows, all], [1, 0])(data);
        if (!isGru) return turned;
        const part = units * rows;
        return Float32Array.from(turned, (_, i) => turned[order[Math.floor(i / part)] * part + (i % part)]);
      };
      const layer = site.layer(
        'recurrent',
        () => make(units, { sequence }),
        (made) => {
          site.weight(made, 'weight_ih_l0', [all, features], 'kernel', [features, all], inGates(features));
          site.weight(made, 'weight_hh_l0', [all, units], 'recurrent_kernel', [units, all], inGates(units));
          const [input, state] = ['bias_ih_l0', 'bias_hh_l0'];
          if (hasBias && isGru) {
            const row = (at: number) => (data: Float32Array) => inGates(1)(data.slice(at * all, (at + 1) * all));
            site.weight(made, input, [all], 'bias', [2, all], row(0));
            site.weight(made, state, [all], 'bias', [2, all], row(1));
            return;
          }
          if (hasBias) site.weight(made, input, [all], 'bias');
          else site.constant(made, input, [all], 0);
          site.constant(made, state, [all], 0);
        },
      );
      const shape = sequence ? [x.shape[0], units] : [units];
      return { value: apply(layer, x.value), shape };
    };
  };
}
