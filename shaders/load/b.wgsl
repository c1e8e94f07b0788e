// B[k, col] to B[k, col + 3] of a matrix in memory as it lies; its rows are padded to whole vec4s. Columns past the end
// repeat the last four: what is computed from them is never stored.
// Constants: N, B_STRIDE floats from one row in memory to the next.
// @read B: array<vec4f>
fn load_b(k: u32, col: u32) -> vec4f {
  return B[k * (B_STRIDE / 4u) + min(col, N - 1u) / 4u];
}
