// −y ln a of a probability a, kept 2⁻²⁰ away from 0; ∂/∂a = −y / a.
const LOWEST_PROBABILITY = 0x1p-20;
fn categorical_cross_entropy(a: f32, y: f32) -> f32 {
  return -y * log(max(a, LOWEST_PROBABILITY));
}
fn categorical_cross_entropy_gradient(a: f32, y: f32) -> f32 {
  return -y / max(a, LOWEST_PROBABILITY);
}
