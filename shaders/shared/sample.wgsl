// Which sample of the resident data set stands in a column of the batch.
// @uses shared/step
// @uses shared/random
fn sample_at(col: u32) -> u32 {
  let sample = step.start + col;
  if (step.shuffled == 0u) {
    return sample;
  }
  return permute(sample, step.count, step.key);
}
