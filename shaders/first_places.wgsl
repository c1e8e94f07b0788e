// Where each number from 0 to COUNT begins in row 1 of SORTED [2, PLACES]. One invocation, one number.
// Expects: constants LANES, COUNT, STRIDE, PLACES; finish(value, row, col).
// @read SORTED: array<f32>
fn run(group: vec3u, lane: u32) {
  let own = group.x * LANES + lane;
  if (own > COUNT) {
    return;
  }
  var low = 0u;
  var high = PLACES;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (SORTED[STRIDE + middle] < f32(own)) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  finish(f32(low), 0u, own);
}
