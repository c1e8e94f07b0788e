// The divergence of softmax(z) from the targets, of each column: Σᵢ yᵢ (ln yᵢ + lse − zᵢ) with lse = log Σₖ exp(zₖ), where
// 0 ln 0 is 0; weighted by the column's share of the batch. One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, MEAN; finish(loss, 0, col); pointwise/weigh.
// @read Z: array<f32>
// @read Y: array<f32>
// @uses load/logits
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  let highest = highest_logit(col, rows);
  let log_sum = log_sum_with(sum_of_others(col, rows, highest));
  var loss = 0.0;
  for (var row = 0u; row < rows; row++) {
    let y = Y[row * STRIDE + col];
    if (y > 0.0) {
      loss += y * (log(y) + (log_sum - (Z[row * STRIDE + col] - highest)));
    }
  }
  finish(weigh(loss, col, 1.0, MEAN), 0u, col);
}
