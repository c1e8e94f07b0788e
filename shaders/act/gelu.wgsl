// The tanh form of GELU (Hendrycks & Gimpel 2016): a = z/2 (1 + tanh w), w = √(2/π) (z + 0.044715 z³). σ′ is taken at z.
// @uses act/tanh
const GELU_SLOPE = 0.7978845608;
fn gelu(z: f32) -> f32 {
  return 0.5 * z * (1.0 + hyperbolic_tangent(GELU_SLOPE * (z + 0.044715 * z * z * z)));
}
fn gelu_gradient(z: f32) -> f32 {
  let t = hyperbolic_tangent(GELU_SLOPE * (z + 0.044715 * z * z * z));
  return 0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * GELU_SLOPE * (1.0 + 0.134145 * z * z);
}
