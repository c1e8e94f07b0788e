// One sample of pixel (channel, h, w). Zeros beside the image are read too, from somewhere: a branch costs more.
// Constant: B_STRIDE floats from one row of [channels, H, W] to the next.
// @read B: array<f32>
// @uses load/pixel
fn load_pixel(channel: u32, h: u32, w: u32, sample: u32) -> f32 {
  return select(0.0, B[pixel(channel, h, w) * B_STRIDE + sample], has_row(h) & has_column(w));
}
