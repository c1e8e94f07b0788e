// Gradients of a value that is used more than once add up.
fn add(a: f32, b: f32) -> f32 {
  return a + b;
}
