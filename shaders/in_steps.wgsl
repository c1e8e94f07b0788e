// Steps that stand side by side in X [FEATURES, all · COLUMNS] one after another, as [STEPS, FEATURES, COLUMNS], from step FIRST on.
// Expects: constants LANES, FEATURES, COLUMNS, STEPS, FIRST, STRIDE; finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= STEPS * FEATURES * COLUMNS) {
    return;
  }
  let col = i % COLUMNS;
  let row = i / COLUMNS;
  finish(X[row % FEATURES * STRIDE + (FIRST + row / FEATURES) * COLUMNS + col], row, col);
}
