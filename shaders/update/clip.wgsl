// g min(1, c / ‖g‖), and NaN where ‖g‖ is not finite: divided by it, g would be 0, and nobody would notice that nothing is
// learned. A quarter of both, since a division by more than 2¹²⁶ may give 0.
fn clip(g: f32, norm: f32, limit: f32) -> f32 {
  let bits = bitcast<u32>(norm);
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    return bitcast<f32>(bits | 0x00400000u);
  }
  if (norm > limit) {
    return 0.25 * g / (0.25 * norm) * limit;
  }
  return g;
}
