// a = log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|); σ′ = 1 − e⁻ᵃ.
// @uses act/exp_minus_one
// @uses act/log_one_plus
fn softplus(z: f32) -> f32 {
  return max(z, 0.0) + log_one_plus(exp(-abs(z)));
}
fn softplus_gradient(a: f32) -> f32 {
  return -exp_minus_one(-a);
}
