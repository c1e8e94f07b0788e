// a = log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|); σ′ = 1 − e⁻ᵃ.
fn softplus(z: f32) -> f32 {
  return max(z, 0.0) + log(1.0 + exp(-abs(z)));
}
fn softplus_gradient(a: f32) -> f32 {
  return 1.0 - exp(-a);
}
