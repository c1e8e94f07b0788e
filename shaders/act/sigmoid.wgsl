// σ(z) = 1 / (1 + e⁻ᶻ), split by sign so that exp never overflows; σ′ = a (1 − a).
fn sigmoid(z: f32) -> f32 {
  return sigmoids(z).x;
}
// σ(z) and σ(−z), which is 1 − σ(z) without what that rounds away.
fn sigmoids(z: f32) -> vec2f {
  let e = exp(-abs(z));
  return select(vec2f(e, 1.0), vec2f(1.0, e), z >= 0.0) / (1.0 + e);
}
fn sigmoid_gradient(a: f32) -> f32 {
  return a * (1.0 - a);
}
