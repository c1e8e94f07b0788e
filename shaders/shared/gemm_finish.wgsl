// What the forms of C = A B end with: every result of a block goes to the epilogue.
// Expects: constants WIDTH, ROWS, COLUMNS, M, N, K, and COLUMN_STEP, the columns from one vec4 of a block to the next;
//          finish(C[row][col], row, col).
// @uses shared/gemm_finish_rows

// One call in a loop that nobody can unroll: the epilogue may be long.
fn finish_block(c: array<array<vec4f, COLUMNS>, ROWS>, row: u32, col: u32) {
  var block = c; // a copy to index freely, so that the accumulators themselves can stay in registers
  let height = min(ROWS, max(M, row) - row);
  for (var e = 0u; e < 4u * COLUMNS * height; e++) {
    let r = e / (4u * COLUMNS);
    let j = e % (4u * COLUMNS);
    let at = col + j / 4u * COLUMN_STEP + j % 4u;
    if (at < N) {
      finish(block[r][j / 4u][j % 4u], row + r, at);
    }
  }
}
