// The target of one class, smoothed: (1 − ε) y + ε / K.
fn soft_target(y: f32, keep: f32, least: f32) -> f32 {
  return keep * y + least;
}
