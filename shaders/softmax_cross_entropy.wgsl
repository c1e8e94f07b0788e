// Softmax, cross-entropy and its δ in one walk: with lse = log Σₖ exp(zₖ),
//   loss of a column = Σᵢ yᵢ (lse − zᵢ),   δᵢ = pᵢ Σₖ yₖ − yᵢ   (p − y where the targets sum to 1),
// both weighted by the column's share of the batch. One invocation, one column; log of a softmax is never taken.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, MEAN; finish_column(loss, 0, col) and finish(δ, row, col);
//          pointwise/weigh.
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
  let others = sum_of_others(col, rows, highest);
  if (FINISH_COLUMN) {
    let log_sum = log_sum_with(others);
    var loss = 0.0;
    for (var row = 0u; row < rows; row++) {
      loss += Y[row * STRIDE + col] * (log_sum - (Z[row * STRIDE + col] - highest));
    }
    finish_column(weigh(loss, col, 1.0, MEAN), 0u, col);
  }
  if (FINISH) {
    var targets = 0.0;
    for (var row = 0u; row < rows; row++) {
      targets += Y[row * STRIDE + col];
    }
    for (var row = 0u; row < rows; row++) {
      let p = exp(Z[row * STRIDE + col] - highest) / (1.0 + others);
      finish(weigh(p * targets - Y[row * STRIDE + col], col, 1.0, MEAN), row, col);
    }
  }
}
