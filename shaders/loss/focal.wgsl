// α mᵞ c, from the logit z: c is the binary cross-entropy of σ(z), m = (1 − y) σ(z) + y σ(−z) is how far σ(z) is from what is
// right, and α stands for α y + (1 − α) (1 − y). ∂/∂z = α mᵞ (∂c + γ (1 − 2y) σ(z) σ(−z) / m · c).
// @uses act/sigmoid
// @uses loss/sigmoid_cross_entropy
fn focal_miss(s: vec2f, y: f32) -> f32 {
  return (1.0 - y) * s.x + y * s.y;
}
fn focal_weight(m: f32, y: f32, gamma: f32, alpha: f32) -> f32 {
  let balance = alpha * y + (1.0 - alpha) * (1.0 - y);
  if (gamma == 0.0) {
    return balance;
  }
  return select(0.0, balance * pow(max(m, 0x1p-126), gamma), m > 0.0);
}
fn focal(z: f32, y: f32, gamma: f32, alpha: f32) -> f32 {
  return focal_weight(focal_miss(sigmoids(z), y), y, gamma, alpha) * sigmoid_cross_entropy(z, y);
}
fn focal_gradient(z: f32, y: f32, gamma: f32, alpha: f32) -> f32 {
  let s = sigmoids(z);
  let m = focal_miss(s, y);
  let share = select(0.0, s.x * s.y / max(m, 0x1p-126), m > 0.0);
  let slope = gamma * (1.0 - 2.0 * y) * share * sigmoid_cross_entropy(z, y);
  return focal_weight(m, y, gamma, alpha) * (sigmoid_cross_entropy_gradient(z, y) + slope);
}
