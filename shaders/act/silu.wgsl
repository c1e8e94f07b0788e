// a = z σ(z) with the logistic σ; σ′ = σ(z) (1 + z σ(−z)), taken at z.
// @uses act/sigmoid
fn silu(z: f32) -> f32 {
  return z * sigmoid(z);
}
fn silu_gradient(z: f32) -> f32 {
  let s = sigmoids(z);
  return s.x * (1.0 + z * s.y);
}
