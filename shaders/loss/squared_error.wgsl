// (a − y)²; ∂/∂a = 2 (a − y). The factor (½, 1, 1 / outputs) that tells the squared costs apart is in the weight.
fn squared_error(a: f32, y: f32) -> f32 {
  return (a - y) * (a - y);
}
fn squared_error_gradient(a: f32, y: f32) -> f32 {
  return 2.0 * (a - y);
}
