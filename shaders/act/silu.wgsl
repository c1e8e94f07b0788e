// a = z σ(z) with the logistic σ; σ′ = s + z s (1 − s), taken at z.
// @uses act/sigmoid
fn silu(z: f32) -> f32 {
  return z * sigmoid(z);
}
fn silu_gradient(z: f32) -> f32 {
  let s = sigmoid(z);
  return s + z * s * (1.0 - s);
}
