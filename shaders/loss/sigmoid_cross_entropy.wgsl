// Binary cross-entropy of σ(z), from the logit: log(1 + eᶻ) − y z, and ∂/∂z = σ(z) − y, in forms that lose nothing where the
// prediction is right: max(z, 0) − y z + log(1 + e^−|z|) and (1 − y) σ(z) − y σ(−z).
// @uses act/sigmoid
// @uses act/log_one_plus
fn sigmoid_cross_entropy(z: f32, y: f32) -> f32 {
  return (max(z, 0.0) - y * z) + log_one_plus(exp(-abs(z)));
}
fn sigmoid_cross_entropy_gradient(z: f32, y: f32) -> f32 {
  let s = sigmoids(z);
  return (1.0 - y) * s.x - y * s.y;
}
