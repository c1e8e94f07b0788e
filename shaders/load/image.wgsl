// Four samples of pixel (channel, h, w) of an image [CHANNELS, H, W, N], counted from the corner of the zeros around it.
// Zeros are read too, from somewhere: a branch costs more.
// @read B: array<vec4f>
// @uses load/pixel
fn load_pixels(channel: u32, h: u32, w: u32, quad: u32) -> vec4f {
  return select(vec4f(), B[pixel(channel, h, w) * (B_STRIDE / 4u) + quad], has_column(w));
}
