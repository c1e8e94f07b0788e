// A data set stored as floats.
// @read DATA: array<f32>
fn element(i: u32) -> f32 {
  return DATA[i];
}

fn four_elements(i: u32) -> vec4f {
  return vec4f(DATA[i], DATA[i + 1u], DATA[i + 2u], DATA[i + 3u]);
}
