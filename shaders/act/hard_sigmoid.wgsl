// a = (z + 3) / 6, cut off at 0 and 1 (Howard et al. 2019), and NaN where z is NaN; σ′ = 1/6 where 0 < a < 1, else 0.
fn hard_sigmoid(z: f32) -> f32 {
  let a = (z + 3.0) * (1.0 / 6.0);
  return select(select(a, 0.0, a <= 0.0), 1.0, a >= 1.0);
}
fn hard_sigmoid_gradient(a: f32) -> f32 {
  return select(0.0, 1.0 / 6.0, a > 0.0 && a < 1.0);
}
