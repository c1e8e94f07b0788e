// −y ln a − (1 − y) ln(1 − a) of a probability a, kept 2⁻²⁰ away from 0 and 1; ∂/∂a = (a − y) / (a (1 − a)).
const PROBABILITY_FLOOR = 0x1p-20;
fn inner_probability(a: f32) -> f32 {
  return clamp(a, PROBABILITY_FLOOR, 1.0 - PROBABILITY_FLOOR);
}
fn binary_cross_entropy(a: f32, y: f32) -> f32 {
  let p = inner_probability(a);
  return -y * log(p) - (1.0 - y) * log(1.0 - p);
}
fn binary_cross_entropy_gradient(a: f32, y: f32) -> f32 {
  let p = inner_probability(a);
  return (p - y) / (p * (1.0 - p));
}
