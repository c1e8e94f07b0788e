// ½ d² for |d| ≤ δ, else δ (|d| − ½ δ), with d = a − y; ∂/∂a = d, held between −δ and δ.
fn huber(a: f32, y: f32, delta: f32) -> f32 {
  let d = abs(a - y);
  return select(delta * (d - 0.5 * delta), 0.5 * d * d, d <= delta);
}
fn huber_gradient(a: f32, y: f32, delta: f32) -> f32 {
  return clamp(a - y, -delta, delta);
}
