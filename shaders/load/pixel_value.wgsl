// One sample of pixel (channel, h, w), counted from the corner of the zeros around the image.
// Constant: B_STRIDE floats from one row of [CHANNELS, H, W] to the next.
// @read B: array<f32>
// @uses load/pixel
fn load_pixel(channel: u32, h: u32, w: u32, sample: u32) -> f32 {
  if (!has_row(h) || !has_column(w)) {
    return 0.0;
  }
  return B[pixel(channel, h, w) * B_STRIDE + sample];
}
