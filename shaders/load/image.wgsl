// Four samples of pixel (channel, h, w) of an image [CHANNELS, H, W, N], counted from the corner of the zeros around it.
// @read B: array<vec4f>
// @uses load/pixel
fn load_pixels(channel: u32, h: u32, w: u32, quad: u32) -> vec4f {
  if (!has_column(w)) {
    return vec4f();
  }
  return B[pixel(channel, h, w) * (B_STRIDE / 4u) + quad];
}
