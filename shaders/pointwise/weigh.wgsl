// The share of one column in the loss of its batch: factor / n with the mean over the n valid columns, factor with the
// sum; 0 for the columns past the end of a ragged batch. Masking happens here and nowhere else.
// @uses shared/step
fn weigh(value: f32, col: u32, factor: f32, mean: bool) -> f32 {
  if (f32(col) >= step.columns) {
    return 0.0;
  }
  return value * select(factor, factor / step.columns, mean);
}
