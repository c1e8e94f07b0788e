// The weight of filter `row` at (channel, ky, kx), of filters [M, channels · KH · KW] in memory; FLIPPED, of
// [channels, M · KH · KW], each turned by 180°. Rows past the end repeat the last one: what is computed from them is never
// stored.
// Constants: M, KH, KW, A_STRIDE floats from one row in memory to the next, FLIPPED.
// @read A: array<f32>
fn load_filter(row: u32, channel: u32, ky: u32, kx: u32) -> f32 {
  let at = min(row, M - 1u);
  if (FLIPPED) {
    return A[channel * A_STRIDE + (at * KH + KH - 1u - ky) * KW + KW - 1u - kx];
  }
  return A[at * A_STRIDE + (channel * KH + ky) * KW + kx];
}
