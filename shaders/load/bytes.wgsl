// Element i of a data set stored as bytes, four to a word.
// @read DATA: array<u32>
fn element(i: u32) -> f32 {
  return f32((DATA[i / 4u] >> (8u * (i % 4u))) & 0xffu);
}
