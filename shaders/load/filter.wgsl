// The weight of filter `row` at (channel, ky, kx), of filters [M, CHANNELS · KH · KW] in memory; FLIPPED, of
// [GROUPS · CHANNELS, M / GROUPS · KH · KW], each turned by 180°. Channels are counted within the group of the filter. Rows
// past the end repeat the last one: what is computed from them is never stored.
// Constants: GROUPS, M, CHANNELS, KH, KW, A_STRIDE floats from one row in memory to the next, FLIPPED.
// @read A: array<f32>
fn load_filter(row: u32, channel: u32, ky: u32, kx: u32) -> f32 {
  let at = min(row, M - 1u);
  if (FLIPPED) {
    let of_group = M / GROUPS;
    let line = (at % of_group * KH + KH - 1u - ky) * KW + KW - 1u - kx;
    return A[(at / of_group * CHANNELS + channel) * A_STRIDE + line];
  }
  return A[at * A_STRIDE + (channel * KH + ky) * KW + kx];
}
