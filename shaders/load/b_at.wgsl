// B[k, col] of a matrix in memory, as it lies or transposed. Columns past the end repeat the last one: what is computed from
// them is never stored.
// Constants: N, B_STRIDE floats from one row in memory to the next, B_TRANSPOSED.
// @read B: array<f32>
fn b_at(k: u32, col: u32) -> f32 {
  let at = min(col, N - 1u);
  if (B_TRANSPOSED) {
    return B[at * B_STRIDE + k];
  }
  return B[k * B_STRIDE + at];
}
