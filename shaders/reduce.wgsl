// Sums over the batch: one workgroup adds up ROWS_PER_SUM whole rows of X, in an order that never changes.
// Expects: constants COLUMNS, STRIDE, ROWS_PER_SUM; finish(sum, number of the sum, 0).
// @read X: array<f32>
const LANES = 64u;
var<workgroup> partial: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var row = group.x * ROWS_PER_SUM; row < (group.x + 1u) * ROWS_PER_SUM; row++) {
    for (var col = lane; col < COLUMNS; col += LANES) {
      sum += X[row * STRIDE + col];
    }
  }
  partial[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane == 0u) {
    finish(partial[0], group.x, 0u);
  }
}
