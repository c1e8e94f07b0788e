// Adds up PARTS matrices that lie one behind the other, element by element, in their order.
// Expects: constants LANES, GROUPS, PARTS, ROWS, COLUMNS, STRIDE; finish(sum, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  for (var i = group.x * LANES + lane; i < ROWS * COLUMNS; i += LANES * GROUPS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    var sum = 0.0;
    for (var part = 0u; part < PARTS + group.z; part++) {
      sum += X[(part * ROWS + row) * STRIDE + col];
    }
    finish(sum, row, col);
  }
}
