// 1 where x is at least the threshold, else 0; 0 in columns past the end of a ragged batch.
// @uses shared/step
fn reaches(x: f32, threshold: f32, col: u32) -> f32 {
  return f32(x >= threshold && f32(col) < step.columns);
}
