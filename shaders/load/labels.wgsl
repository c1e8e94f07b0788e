// Row `row` of the one-hot vector of a sample that is one class index. Expects element(i).
fn value(sample: u32, row: u32) -> f32 {
  return f32(u32(element(sample)) == row);
}
