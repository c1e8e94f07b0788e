// Mean and variance of each column of X, whose rows are in groups of ROWS rows. One invocation, one column of a group: first it
// adds up x, then (x − mean)².
// Expects: constants LANES, ROWS, GROUPS, COLUMNS, STRIDE; finish_mean(mean, group of rows, col), finish(variance, group of rows, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let part = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (part >= GROUPS) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += X[(part * ROWS + row) * STRIDE + col];
  }
  let mean = sum / f32(ROWS);
  if (FINISH_MEAN) {
    finish_mean(mean, part, col);
  }
  if (FINISH) {
    var squares = 0.0;
    for (var row = 0u; row < rows; row++) {
      let d = X[(part * ROWS + row) * STRIDE + col] - mean;
      squares += d * d;
    }
    finish(squares / f32(ROWS), part, col);
  }
}
