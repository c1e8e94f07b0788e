// Softmax, cross-entropy and its δ in one walk: with lse = log Σₖ exp(zₖ),
//   loss of a place = Σᵢ yᵢ (lse − zᵢ),   δᵢ = pᵢ Σₖ yₖ − yᵢ   (p − y where the targets sum to 1),
// both weighted by the column's share of the batch, times FACTOR. A column has the features of a sample, or its channels at many
// places. One invocation, one place; log of a softmax is never taken.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE, FACTOR, MEAN; finish_column(loss, place, col) and finish(δ, row, col);
//          pointwise/weigh.
// @read Z: array<f32>
// @read Y: array<f32>
// @uses load/logits
fn wanted(row: u32, place: u32, col: u32) -> f32 {
  return Y[(row * PLACES + place) * STRIDE + col];
}

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  let highest = highest_logit(place, col, rows);
  let others = sum_of_others(place, col, rows, highest);
  if (FINISH_COLUMN) {
    let log_sum = log_sum_with(others);
    var loss = 0.0;
    for (var row = 0u; row < rows; row++) {
      loss += wanted(row, place, col) * (log_sum - (logit(row, place, col) - highest));
    }
    finish_column(weigh(loss, col, FACTOR, MEAN), place, col);
  }
  if (FINISH) {
    var targets = 0.0;
    for (var row = 0u; row < rows; row++) {
      targets += wanted(row, place, col);
    }
    for (var row = 0u; row < rows; row++) {
      let p = exp(logit(row, place, col) - highest) / (1.0 + others);
      finish(weigh(p * targets - wanted(row, place, col), col, FACTOR, MEAN), row * PLACES + place, col);
    }
  }
}
