// The rows of X from row FIRST of the result on, and zeros in its other rows; an invocation per result.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, FIRST, COUNT, which is the number of rows of X; finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < ROWS * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    var value = 0.0;
    if (row >= FIRST && row < FIRST + COUNT) {
      value = X[(row - FIRST) * STRIDE + col];
    }
    finish(value, row, col);
  }
}
