// a = z for z > 0, else eᶻ − 1 (Clevert et al. 2016, α = 1); σ′ = 1 for a > 0, else a + 1.
// @uses act/exp_minus_one
fn elu(z: f32) -> f32 {
  return select(z, exp_minus_one(min(z, 0.0)), z <= 0.0);
}
fn elu_gradient(a: f32) -> f32 {
  return select(a + 1.0, 1.0, a > 0.0);
}
