// Steps X [INPUT_STEPS, FEATURES, COLUMNS] side by side as [FEATURES, STEPS · COLUMNS], from step FIRST on; zeros beside them.
// Expects: constants LANES, FEATURES, COLUMNS, STEPS, INPUT_STEPS, FIRST, STRIDE; finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= FEATURES * STEPS * COLUMNS) {
    return;
  }
  let col = i % (STEPS * COLUMNS);
  let feature = i / (STEPS * COLUMNS);
  let t = col / COLUMNS - FIRST; // wraps round before the first
  var value = 0.0;
  if (t < INPUT_STEPS) {
    value = X[(t * FEATURES + feature) * STRIDE + col % COLUMNS];
  }
  finish(value, feature, col);
}
