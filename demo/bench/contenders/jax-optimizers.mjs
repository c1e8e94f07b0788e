// SGD and Adam for jax-js, written out: its package of optimizers is not needed for two formulas. Lists of parameters,
// gradients and state go in, and the new parameters and state come out.
import { numpy as np } from '@jax-js/jax';

/** Adam: m and v of every parameter, and β₁ᵗ and β₂ᵗ, kept on the device so that a step uploads nothing. */
export function initialState({ kind }, parameters) {
  if (kind === 'sgd') return [];
  const zeros = () => parameters.map(({ shape }) => np.zeros(shape));
  return [zeros(), zeros(), np.array(1), np.array(1)];
}

export const updates = {
  sgd:
    ({ learningRate }) =>
    (parameters, gradients, state) => [parameters.map((theta, i) => theta.sub(gradients[i].mul(learningRate))), state],

  adam:
    ({ learningRate, beta1, beta2, epsilon }) =>
    (parameters, gradients, [m, v, power1, power2]) => {
      const [p1, p2] = [power1.mul(beta1), power2.mul(beta2)];
      const m2 = m.map((old, i) => old.mul(beta1).add(gradients[i].ref.mul(1 - beta1)));
      const v2 = v.map((old, i) => old.mul(beta2).add(np.square(gradients[i]).mul(1 - beta2)));
      const corrected = (moment, power) => moment.ref.div(power.ref.neg().add(1));
      const updated = parameters.map((theta, i) => {
        const direction = corrected(m2[i], p1).div(np.sqrt(corrected(v2[i], p2)).add(epsilon));
        return theta.sub(direction.mul(learningRate));
      });
      return [updated, [m2, v2, p1, p2]];
    },
};
