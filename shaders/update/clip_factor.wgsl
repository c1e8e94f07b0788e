// min(1, c / ‖g‖), with no division by a norm of 0.
fn clip_factor(norm: f32, limit: f32) -> f32 {
  if (norm > limit) {
    return limit / norm;
  }
  return 1.0;
}
