// For each column, 1 where its highest value stands, the first of several, and 0 elsewhere. Columns past the end of a ragged
// batch are 0. One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(result, row, col); step.
// @uses shared/step
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var highest = 0u;
  for (var row = 0u; row < rows; row++) {
    if (X[row * STRIDE + col] > X[highest * STRIDE + col]) {
      highest = row;
    }
  }
  for (var row = 0u; row < rows; row++) {
    finish(f32(row == highest && f32(col) < step.columns), row, col);
  }
}
