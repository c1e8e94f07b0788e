// The target of one class, smoothed and weighted: w ((1 − ε) y + ε / K).
fn soft_target(y: f32, keep: f32, least: f32, weight: f32) -> f32 {
  return weight * (keep * y + least);
}
