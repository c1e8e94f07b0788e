// p = softmax(z) over the rows of each column: pᵢ = exp(zᵢ − max z) / Σₖ exp(zₖ − max z). One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(p, row, col).
// @read Z: array<f32>
// @uses load/logits
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  let highest = highest_logit(col, rows);
  let sum = 1.0 + sum_of_others(col, rows, highest);
  for (var row = 0u; row < rows; row++) {
    finish(exp(Z[row * STRIDE + col] - highest) / sum, row, col);
  }
}
