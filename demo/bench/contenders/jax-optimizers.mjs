// SGD and Adam for jax-js, written out: its package of optimizers is not needed for two formulas. Lists of parameters,
// gradients and state go in, and the new parameters and state come out.
import { numpy as np } from '@jax-js/jax';

/**
 * Adam: m and v of every parameter, and the corrections 1 − β₁ᵗ and 1 − β₂ᵗ, kept on the device so that a step uploads
 * nothing. They follow the rule of a moment of ones, c ← β c + (1 − β): β₂ᵗ itself, rounded, would leave 1 − β₂ᵗ five digits.
 */
export function initialState({ kind }, parameters) {
  if (kind === 'sgd') return [];
  const zeros = () => parameters.map(({ shape }) => np.zeros(shape));
  return [zeros(), zeros(), np.array(0), np.array(0)];
}

export const updates = {
  sgd:
    ({ learningRate }) =>
    (parameters, gradients, state) => [parameters.map((theta, i) => theta.sub(gradients[i].mul(learningRate))), state],

  adam:
    ({ learningRate, beta1, beta2, epsilon }) =>
    (parameters, gradients, [m, v, c1, c2]) => {
      const [rest1, rest2] = [1 - Math.fround(beta1), 1 - Math.fround(beta2)];
      const [d1, d2] = [c1.mul(beta1).add(rest1), c2.mul(beta2).add(rest2)];
      const m2 = m.map((old, i) => old.mul(beta1).add(gradients[i].ref.mul(rest1)));
      const v2 = v.map((old, i) => old.mul(beta2).add(np.square(gradients[i]).mul(rest2)));
      const updated = parameters.map((theta, i) => {
        const direction = m2[i].ref.div(d1.ref).div(np.sqrt(v2[i].ref.div(d2.ref)).add(epsilon));
        return theta.sub(direction.mul(learningRate));
      });
      return [updated, [m2, v2, d1, d2]];
    },
};
