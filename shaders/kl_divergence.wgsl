// The divergence of softmax(z) from the targets, at each place of a column: Σᵢ yᵢ (ln yᵢ + lse − zᵢ) with lse = log Σₖ exp(zₖ), where
// 0 ln 0 is 0; weighted by the column's share of the batch, times FACTOR. One invocation, one place.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE, FACTOR, MEAN; finish(loss, place, col); pointwise/weigh.
// @read Z: array<f32>
// @read Y: array<f32>
// @uses load/logits
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  let highest = highest_logit(place, col, rows);
  let log_sum = log_sum_with(sum_of_others(place, col, rows, highest));
  var loss = 0.0;
  for (var row = 0u; row < rows; row++) {
    let y = Y[(row * PLACES + place) * STRIDE + col];
    if (y > 0.0) {
      loss += y * (log(y) + (log_sum - (logit(row, place, col) - highest)));
    }
  }
  finish(weigh(loss, col, FACTOR, MEAN), place, col);
}
