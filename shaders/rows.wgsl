// Rows of X at other places: with (i, j, k, l) the place of a row of the result on four axes, the last three of J, K and L places,
// it is the row FIRST + i · STEP_I + j · STEP_J + k · STEP_K + l · STEP_L of X. An invocation per result.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, FIRST, J, K, L, STEP_I, STEP_J, STEP_K, STEP_L; finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < ROWS * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    let source = FIRST + row / (J * K * L) * STEP_I + row / (K * L) % J * STEP_J + row / L % K * STEP_K + row % L * STEP_L;
    finish(X[source * STRIDE + col], row, col);
  }
}
