// a - b, and 0 in columns past the end of a ragged batch.
// @uses shared/step
fn difference(a: f32, b: f32, col: u32) -> f32 {
  return select(0.0, a - b, f32(col) < step.columns);
}
