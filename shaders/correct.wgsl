// 1 for a column whose highest output stands where its highest target stands, else 0; ties go to the lower row. A single
// output is compared with THRESHOLD instead. Columns past the end of a ragged batch count 0.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, THRESHOLD; finish(result, 0, col); step.
// @uses step
// @read A: array<f32>
// @read Y: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var output = 0u;
  var wanted = 0u;
  if (ROWS == 1u) {
    output = u32(A[col] >= THRESHOLD);
    wanted = u32(Y[col] >= 0.5);
  }
  for (var row = 1u; row < rows; row++) {
    if (A[row * STRIDE + col] > A[output * STRIDE + col]) {
      output = row;
    }
    if (Y[row * STRIDE + col] > Y[wanted * STRIDE + col]) {
      wanted = row;
    }
  }
  finish(f32(output == wanted && f32(col) < step.columns), 0u, col);
}
