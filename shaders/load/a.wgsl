// A[row, k] of a matrix in memory, as it lies or transposed. Rows past the end repeat the last one: what is computed from
// them is never stored.
// Constants: M, A_STRIDE floats from one row in memory to the next, A_TRANSPOSED.
// @read A: array<f32>
fn load_a(row: u32, k: u32) -> f32 {
  let at = min(row, M - 1u);
  if (A_TRANSPOSED) {
    return A[k * A_STRIDE + at];
  }
  return A[at * A_STRIDE + k];
}
