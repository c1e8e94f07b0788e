// The rows of W [COUNT, UNITS] that the numbers X [PLACES, COLUMNS] stand for, UNITS rows of results for each row of X. One
// invocation makes up to PART units of one number.
// Expects: constants LANES, COUNT, UNITS, PART, PARTS = ⌈UNITS / PART⌉, PLACES, COLUMNS, W_STRIDE, X_STRIDE;
//          finish(value, row, col).
// @read W: array<f32>
// @read X: array<f32>
// @uses load/index

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= PLACES * PARTS * COLUMNS) {
    return;
  }
  let col = i % COLUMNS;
  let first = i / COLUMNS % PARTS * PART;
  let place = i / (COLUMNS * PARTS);
  let start = index_of(X[place * X_STRIDE + col]) * W_STRIDE;
  let end = min(UNITS, first + PART) + group.z; // as in gemm.wgsl
  for (var unit = first; unit < end; unit++) {
    finish(W[start + unit], place * UNITS + unit, col);
  }
}
