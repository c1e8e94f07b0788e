// Binary cross-entropy of σ(z), from the logit: log(1 + eᶻ) − y z; ∂/∂z = σ(z) − y.
// @uses act/sigmoid
// @uses act/softplus
fn sigmoid_cross_entropy(z: f32, y: f32) -> f32 {
  return softplus(z) - y * z;
}
fn sigmoid_cross_entropy_gradient(z: f32, y: f32) -> f32 {
  return sigmoid(z) - y;
}
