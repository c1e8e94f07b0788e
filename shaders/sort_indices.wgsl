// Sorts the numbers X [PLACES / COLUMNS, COLUMNS] in blocks of BLOCK places, equal ones by their place. Row 0 of the results has
// the places, row 1 the numbers that stand there. One invocation finds where one place goes.
// Expects: constants LANES, COUNT, COLUMNS, STRIDE, PLACES, BLOCK; finish(value, row, col).
// @read X: array<f32>
// @uses load/index

fn run(group: vec3u, lane: u32) {
  let place = group.x * LANES + lane;
  if (place >= PLACES) {
    return;
  }
  let own = index_of(X[place / COLUMNS * STRIDE + place % COLUMNS]);
  let first = place / BLOCK * BLOCK;
  let end = min(first + BLOCK, PLACES) + group.z; // as in gemm.wgsl
  var row = first / COLUMNS;
  var col = first % COLUMNS;
  var to = first;
  for (var other = first; other < end; other++) {
    let index = index_of(X[row * STRIDE + col]);
    to += select(0u, 1u, index < own || (index == own && other < place));
    col++;
    if (col == COLUMNS) {
      col = 0u;
      row++;
    }
  }
  finish(f32(place), 0u, to);
  finish(f32(own), 1u, to);
}
