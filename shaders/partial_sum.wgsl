// Adds up PARTS matrices that lie one behind the other, element by element, in their order.
// Expects: constants LANES, PARTS, ROWS, COLUMNS, STRIDE; finish(sum, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < ROWS * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    var sum = 0.0;
    for (var part = 0u; part < PARTS + group.z; part++) {
      sum += X[(part * ROWS + row) * STRIDE + col];
    }
    finish(sum, row, col);
  }
}
