// Softmax, cross-entropy and its δ in one walk: with lse = log Σₖ exp(zₖ),
//   loss of a column = Σᵢ yᵢ (lse − zᵢ),   δᵢ = pᵢ Σₖ yₖ − yᵢ   (p − y where the targets sum to 1),
// both weighted by the column's share of the batch. One invocation, one column; log of a softmax is never taken.
// Expects: constants ROWS, COLUMNS, STRIDE, MEAN; finish_column(loss, 0, col) and finish(δ, row, col); pointwise/weigh.
// @read Z: array<f32>
// @read Y: array<f32>
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x;
  if (col >= COLUMNS) {
    return;
  }
  var highest = Z[col];
  for (var row = 1u; row < ROWS; row++) {
    highest = max(highest, Z[row * STRIDE + col]);
  }
  var sum = 0.0;
  var targets = 0.0;
  for (var row = 0u; row < ROWS; row++) {
    sum += exp(Z[row * STRIDE + col] - highest);
    targets += Y[row * STRIDE + col];
  }
  if (FINISH_COLUMN) {
    let log_sum = log(sum);
    var loss = 0.0;
    for (var row = 0u; row < ROWS; row++) {
      loss += Y[row * STRIDE + col] * (log_sum - (Z[row * STRIDE + col] - highest));
    }
    finish_column(weigh(loss, col, 1.0, MEAN), 0u, col);
  }
  if (FINISH) {
    for (var row = 0u; row < ROWS; row++) {
      let p = exp(Z[row * STRIDE + col] - highest) / sum;
      finish(weigh(p * targets - Y[row * STRIDE + col], col, 1.0, MEAN), row, col);
    }
  }
}
