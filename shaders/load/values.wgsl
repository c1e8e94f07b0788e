// Row `row` of a sample that is ROWS numbers. Expects element(i), constants ROWS, SCALE.
fn value(sample: u32, row: u32) -> f32 {
  return element(sample * ROWS + row) * SCALE;
}
