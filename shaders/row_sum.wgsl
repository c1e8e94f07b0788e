// Sums over the batch: one workgroup adds up a row of X, in an order that never changes.
// Expects: constants LANES (a power of two), COLUMNS, STRIDE; finish(sum, row, 0).
// @read X: array<f32>
var<workgroup> partial: array<f32, LANES>;

fn run(group: vec3u, lane: u32) {
  var sum = 0.0;
  for (var col = lane; col < COLUMNS; col += LANES) {
    sum += X[group.x * STRIDE + col];
  }
  workgroupBarrier(); // of the row before
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
