// Mean and variance of each column of X. One invocation, one column: first it adds up x, then (x − mean)².
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish_mean(mean, 0, col), finish(variance, 0, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += X[row * STRIDE + col];
  }
  let mean = sum / f32(ROWS);
  if (FINISH_MEAN) {
    finish_mean(mean, 0u, col);
  }
  if (FINISH) {
    var squares = 0.0;
    for (var row = 0u; row < rows; row++) {
      let d = X[row * STRIDE + col] - mean;
      squares += d * d;
    }
    finish(squares / f32(ROWS), 0u, col);
  }
}
