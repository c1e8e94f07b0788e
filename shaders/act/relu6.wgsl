// a = min(max(z, 0), 6), and NaN where z is NaN; σ′ = 1 where 0 < a < 6, else 0, so σ′(0) = σ′(6) = 0.
fn relu6(z: f32) -> f32 {
  return select(select(z, 0.0, z <= 0.0), 6.0, z >= 6.0);
}
fn relu6_gradient(a: f32) -> f32 {
  return select(0.0, 1.0, a > 0.0 && a < 6.0);
}
