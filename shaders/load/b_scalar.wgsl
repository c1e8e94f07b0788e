// load/b.wgsl for a buffer that is bound as floats, because the same dispatch writes it.
// Constants: N, B_STRIDE floats from one row in memory to the next.
// @read B: array<f32>
fn load_b(k: u32, col: u32) -> vec4f {
  let at = k * B_STRIDE + min(col, N - 1u) / 4u * 4u;
  return vec4f(B[at], B[at + 1u], B[at + 2u], B[at + 3u]);
}
