// a = x for x > 0, else alpha x; and the gradients with respect to x and to alpha, where g is that of a.
fn prelu(x: f32, alpha: f32) -> f32 {
  return select(alpha * x, x, x > 0.0);
}
fn prelu_gradient(g: f32, x: f32, alpha: f32) -> f32 {
  return select(alpha * g, g, x > 0.0);
}
fn prelu_slope_gradient(g: f32, x: f32) -> f32 {
  return select(g * x, 0.0, x > 0.0);
}
