// The row of a table of COUNT rows that a number stands for. One outside the table counts as the nearest in it.
// Expects: constant COUNT.
fn index_of(x: f32) -> u32 {
  return min(u32(max(x, 0.0)), COUNT - 1u);
}
