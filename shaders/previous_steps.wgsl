// Each step of X [ROWS, TOTAL] in the place of the next one, COLUMNS later; zeros before the first.
// Expects: constants LANES, ROWS, TOTAL, COLUMNS, STRIDE; finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= ROWS * TOTAL) {
    return;
  }
  let row = i / TOTAL;
  let col = i % TOTAL;
  var value = 0.0;
  if (col >= COLUMNS) {
    value = X[row * STRIDE + col - COLUMNS];
  }
  finish(value, row, col);
}
