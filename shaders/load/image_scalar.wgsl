// load/image.wgsl for a buffer that is bound as floats, because the same dispatch writes it.
// @read B: array<f32>
// @uses load/pixel
fn load_pixels(channel: u32, h: u32, w: u32, quad: u32) -> vec4f {
  let at = pixel(channel, h, w) * B_STRIDE + 4u * quad;
  return select(vec4f(), vec4f(B[at], B[at + 1u], B[at + 2u], B[at + 3u]), has_column(w));
}
