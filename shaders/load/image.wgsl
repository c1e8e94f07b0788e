// Four samples of pixel (channel, h, w) of an image [channels, H, W, N], in a row that it has. Zeros beside it are read too,
// from somewhere: a branch costs more.
// @read B: array<vec4f>
// @uses load/pixel
fn load_pixels(channel: u32, h: u32, w: u32, quad: u32) -> vec4f {
  return select(vec4f(), B[pixel(channel, h, w) * (B_STRIDE / 4u) + quad], has_column(w));
}
