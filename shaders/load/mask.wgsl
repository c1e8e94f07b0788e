// Whether a step of a sample counts, by a mask that is 0 where it does not.
// @read MASK: array<f32>
fn is_step(at: u32) -> bool {
  return MASK[at] != 0.0;
}
