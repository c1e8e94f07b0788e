// The rows of A, then those of B; an invocation per result.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, SPLIT, which is the number of rows of A; finish(value, row, col).
// @read A: array<f32>
// @read B: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < ROWS * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    var value = 0.0;
    if (row < SPLIT) {
      value = A[row * STRIDE + col];
    } else {
      value = B[(row - SPLIT) * STRIDE + col];
    }
    finish(value, row, col);
  }
}
