// Total over many batches of a loss per sample: the mean of a batch counts as often as the batch has samples.
// @uses step
fn tally(total: f32, loss: f32, mean: bool) -> f32 {
  return total + select(loss, loss * step.columns, mean);
}
