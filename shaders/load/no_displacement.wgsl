// Of images that are not distorted.
fn displacement(x: u32, y: u32, col: u32) -> vec2f {
  return vec2f();
}
