// The gradient of a table [COUNT, UNITS]: for each row the sum of G [places · UNITS, COLUMNS] over the places where it stands,
// which SORTED lists from FIRST[row] to FIRST[row + 1]. One invocation, one element.
// Expects: constants LANES, COUNT, UNITS, COLUMNS, G_STRIDE, PADDING, a row without a gradient; finish(value, row, col).
// @read G: array<f32>
// @read SORTED: array<f32>
// @read FIRST: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= COUNT * UNITS) {
    return;
  }
  let row = i / UNITS;
  let unit = i % UNITS;
  var sum = 0.0;
  if (row != PADDING) {
    let end = u32(FIRST[row + 1u]);
    for (var at = u32(FIRST[row]); at < end; at++) {
      let place = u32(SORTED[at]);
      sum += G[(place / COLUMNS * UNITS + unit) * G_STRIDE + place % COLUMNS];
    }
  }
  finish(sum, row, unit);
}
