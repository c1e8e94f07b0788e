// Inverted dropout: x · scale where the random bits of the element reach the threshold, else 0.
// @uses shared/step
// @uses shared/random
fn dropout(x: f32, row: u32, col: u32, layer: u32, threshold: u32, scale: f32) -> f32 {
  return select(0.0, x * scale, element_bits(step.random, layer, row, col) >= threshold);
}
