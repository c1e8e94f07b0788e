// Rows `row` to `row` + 3 of a sample that is ROWS numbers. Expects four_elements(i), constants ROWS, SCALE.
fn four_values(sample: u32, row: u32) -> vec4f {
  return four_elements(sample * ROWS + row) * SCALE;
}
