// Element i of a data set stored as floats.
// @read DATA: array<f32>
fn element(i: u32) -> f32 {
  return DATA[i];
}
