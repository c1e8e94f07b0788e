// A sum over the samples of several batches -> their mean.
// @uses shared/step
fn per_sample(sum: f32) -> f32 {
  return sum * step.share;
}
