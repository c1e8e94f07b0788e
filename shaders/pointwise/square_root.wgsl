// √x
fn square_root(x: f32) -> f32 {
  return sqrt(x);
}
