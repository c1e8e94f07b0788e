/** GELU itself, in a file of its own as its row is. */
import { exactGelu as row } from '../../ops/exact-gelu.ts';
import { named } from './layer.ts';

/**
 * The Gaussian error linear unit itself: `σ(z) = z Φ(z)`, with the distribution function Φ of the normal distribution (Hendrycks &
 * Gimpel 2016), as PyTorch's `GELU()`. {@link gelu} is its tanh form, which differs from it by up to 0.0005.
 */
export const exactGelu = /* @__PURE__ */ named('exactGelu', row);
