// Which sample of the data set stands in a column of the batch, by its number.
// @uses shared/step
// @uses shared/random
fn sample_at(col: u32) -> u32 {
  let sample = step.start + col;
  if (step.shuffled == 0u) {
    return sample;
  }
  return permute(sample, step.count, step.key);
}

// Where that sample is on the device: at its number in a resident data set, in the order of the batch in a streamed one.
fn place_at(col: u32) -> u32 {
  if (step.place != 0xffffffffu) {
    return step.place + col;
  }
  return sample_at(col);
}
