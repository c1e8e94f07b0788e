// Gradients of several batches added up; the mean of a batch counts as often as the batch has samples.
// @uses shared/step
fn accumulate(sum: f32, g: f32, mean: bool) -> f32 {
  return select(sum, 0.0, step.fresh == 1u) + select(g, g * step.columns, mean);
}
