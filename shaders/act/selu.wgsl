// a = λ z for z > 0, else λ α (eᶻ − 1) (Klambauer et al. 2017); σ′ = λ for a > 0, else a + λ α.
// @uses act/exp_minus_one
const SELU_SCALE = 1.0507009873554805; // λ
const SELU_DEPTH = 1.7580993408473766; // λ α
fn selu(z: f32) -> f32 {
  return select(SELU_SCALE * z, SELU_DEPTH * exp_minus_one(min(z, 0.0)), z <= 0.0);
}
fn selu_gradient(a: f32) -> f32 {
  return select(a + SELU_DEPTH, SELU_SCALE, a > 0.0);
}
