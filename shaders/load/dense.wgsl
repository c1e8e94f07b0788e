// Blocks of 4 × 4 out of two matrices in memory, each as it lies or transposed. The columns of the result are the four
// rows of the block, so a block that lies transposed in memory is transposed in registers. Reads of rows past the end
// repeat the last one: what is computed from them is never stored.
// Constants: *_ROWS rows in memory, *_STRIDE vec4s from one row to the next, *_TRANSPOSED.
// @read A: array<vec4f>
// @read B: array<vec4f>
fn load_a(row: u32, k: u32) -> mat4x4f {
  if (A_TRANSPOSED) {
    return transpose(mat4x4f(a_at(k, row), a_at(k + 1u, row), a_at(k + 2u, row), a_at(k + 3u, row)));
  }
  return mat4x4f(a_at(row, k), a_at(row + 1u, k), a_at(row + 2u, k), a_at(row + 3u, k));
}

fn load_b(k: u32, col: u32) -> mat4x4f {
  if (B_TRANSPOSED) {
    return transpose(mat4x4f(b_at(col, k), b_at(col + 1u, k), b_at(col + 2u, k), b_at(col + 3u, k)));
  }
  return mat4x4f(b_at(k, col), b_at(k + 1u, col), b_at(k + 2u, col), b_at(k + 3u, col));
}

fn a_at(row: u32, col: u32) -> vec4f {
  return A[min(row, A_ROWS - 1u) * A_STRIDE + col / 4u];
}

fn b_at(row: u32, col: u32) -> vec4f {
  return B[min(row, B_ROWS - 1u) * B_STRIDE + col / 4u];
}
