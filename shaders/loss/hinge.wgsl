// max(0, 1 − t a) for t = 1 where y > 0, else −1; ∂/∂a = −t where that is above 0.
fn hinge_sign(y: f32) -> f32 {
  return select(-1.0, 1.0, y > 0.0);
}
fn hinge(a: f32, y: f32) -> f32 {
  return max(0.0, 1.0 - hinge_sign(y) * a);
}
fn hinge_gradient(a: f32, y: f32) -> f32 {
  let t = hinge_sign(y);
  return select(0.0, -t, t * a < 1.0);
}
