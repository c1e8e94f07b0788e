// |a − y|; ∂/∂a = sign(a − y), which is 0 where they are equal.
fn absolute_error(a: f32, y: f32) -> f32 {
  return abs(a - y);
}
fn absolute_error_gradient(a: f32, y: f32) -> f32 {
  return sign(a - y);
}
