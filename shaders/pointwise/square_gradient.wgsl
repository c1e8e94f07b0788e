// The gradient of (x − mean)² with respect to x, times the one from above.
fn square_gradient(x: f32, mean: f32, upstream: f32) -> f32 {
  return 2.0 * (x - mean) * upstream;
}
