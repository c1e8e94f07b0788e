// ∂C of the sums W h + b of a GRU, given D, that of its gates: the same, times r in the rows of n.
// Expects: constants LANES, UNITS, TOTAL, STRIDE; finish(value, row, col).
// @read D: array<f32>
// @read X: array<f32>
// @read S: array<f32>
// @uses act/sigmoid
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= 3u * UNITS * TOTAL) {
    return;
  }
  let row = i / TOTAL;
  let col = i % TOTAL;
  var value = D[row * STRIDE + col];
  if (row >= 2u * UNITS) {
    let place = (row - 2u * UNITS) * STRIDE + col;
    value *= sigmoid(X[place] + S[place]);
  }
  finish(value, row, col);
}
