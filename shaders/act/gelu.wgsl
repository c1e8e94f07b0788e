// The tanh form of GELU (Hendrycks & Gimpel 2016): a = z/2 (1 + tanh w) = z σ(2w), w = √(2/π) (z + 0.044715 z³). σ′ is taken
// at z: σ(2w) (1 + z σ(−2w) 2w′). Beyond ±12, where z³ may overflow, σ is 0 or 1 to f32, and w stays as it is there.
// @uses act/sigmoid
const GELU_SLOPE = 1.595769121605731; // 2√(2/π)
fn gelu_bounded(z: f32) -> f32 {
  return select(z, sign(z) * 12.0, abs(z) > 12.0);
}
fn gelu_argument(z: f32) -> f32 {
  return GELU_SLOPE * (z + 0.044715 * z * z * z);
}
fn gelu(z: f32) -> f32 {
  return z * sigmoid(gelu_argument(gelu_bounded(z)));
}
fn gelu_gradient(z: f32) -> f32 {
  let inner = gelu_bounded(z);
  let s = sigmoids(gelu_argument(inner));
  return s.x * (1.0 + inner * s.y * GELU_SLOPE * (1.0 + 0.134145 * inner * inner));
}
