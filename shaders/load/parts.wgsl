// Rows `row` to `row` + 3 of a sample that is made of parts. For each row TABLE has the place of a number in a stored sample, and
// the class for which the row is 1, or -1 where the number is its value.
// Constants: ROWS, STORED numbers in a stored sample, SCALE. Expects element(i).
// @read TABLE: array<f32>
fn four_values(sample: u32, row: u32) -> vec4f {
  return vec4f(value_of(sample, row), value_of(sample, row + 1u), value_of(sample, row + 2u), value_of(sample, row + 3u));
}

fn value_of(sample: u32, row: u32) -> f32 {
  let at = min(row, ROWS - 1u) * 4u;
  let value = element(sample * STORED + u32(TABLE[at]));
  let label = TABLE[at + 1u];
  return select(value * SCALE, f32(value == label), label >= 0.0);
}
