// a = max(z, 0), and NaN where z is NaN; σ′ = 1 where a > 0, else 0, so σ′(0) = 0.
fn relu(z: f32) -> f32 {
  return select(z, 0.0, z <= 0.0);
}
fn relu_gradient(a: f32) -> f32 {
  return select(0.0, 1.0, a > 0.0);
}
