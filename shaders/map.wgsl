// One pointwise chain over a matrix, element by element.
// Expects: constants LANES, ROWS, COLUMNS; finish(_, row, col), which ignores its value.
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < ROWS * COLUMNS) {
    finish(0.0, i / COLUMNS, i % COLUMNS);
  }
}
