// σ(z) = 1 / (1 + e⁻ᶻ), split by sign so that exp never overflows; σ′ = a (1 − a).
fn sigmoid(z: f32) -> f32 {
  let e = exp(-abs(z));
  return select(e, 1.0, z >= 0.0) / (1.0 + e);
}
fn sigmoid_gradient(a: f32) -> f32 {
  return a * (1.0 - a);
}
