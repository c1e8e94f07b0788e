// B[k, col] to B[k, col + 3] of a matrix that lies transposed in memory. Columns past the end repeat the last one: what is
// computed from them is never stored.
// Constants: N, B_STRIDE floats from one row in memory (a column of B) to the next.
// @read B: array<f32>
fn load_b(k: u32, col: u32) -> vec4f {
  return vec4f(b_at(k, col), b_at(k, col + 1u), b_at(k, col + 2u), b_at(k, col + 3u));
}

fn b_at(k: u32, col: u32) -> f32 {
  return B[min(col, N - 1u) * B_STRIDE + k];
}
