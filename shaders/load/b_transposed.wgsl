// B[k, col] to B[k, col + 3] of a matrix that lies transposed in memory.
// @uses load/b_at
fn load_b(k: u32, col: u32) -> vec4f {
  return vec4f(b_at(k, col), b_at(k, col + 1u), b_at(k, col + 2u), b_at(k, col + 3u));
}
