// a + factor sign(b)
fn add_sign(a: f32, b: f32, factor: f32) -> f32 {
  return a + factor * sign(b);
}
