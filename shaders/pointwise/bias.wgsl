// z = W a + b: the bias of a row, added to every column.
fn bias(z: f32, b: f32) -> f32 {
  return z + b;
}
