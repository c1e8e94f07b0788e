// A batch out of the resident data set: column `col` is sample start + col of the (shuffled) order, the columns past the
// end of a ragged batch are 0. One invocation writes ROWS_PER_LANE rows of one column, so the shuffle is computed once.
// Expects: constants LANES, ROWS, COLUMNS, ROWS_PER_LANE; four_values(place, row) of a load file;
//          finish(value, row, col).
// @uses shared/step
// @uses shared/sample

fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  if (col >= COLUMNS) {
    return;
  }
  let valid = f32(col) < step.columns;
  let place = place_at(col);
  let end = min(ROWS, (group.y + 1u) * ROWS_PER_LANE);
  for (var row = group.y * ROWS_PER_LANE; row < end; row += 4u) {
    var x = vec4f();
    if (valid) {
      x = four_values(place, row);
    }
    for (var i = 0u; i < 4u; i++) { // @unroll
      if (ROWS % 4u == 0u || row + i < end) {
        finish(x[i], row + i, col);
      }
    }
  }
}
