// Sums over all but the first axis: one workgroup adds up the COUNT values of X at one place of it, in an order that does
// not depend on how many lanes it has.
// Expects: constants LANES, GROUPS, ROWS, COLUMNS, STRIDE, COUNT; finish(sum, row, 0).
// @read X: array<f32>
const PARTS = 64u;
var<workgroup> partial: array<f32, PARTS>;

fn run(group: vec3u, lane: u32) {
  for (var row = group.x; row < ROWS; row += GROUPS) {
    workgroupBarrier(); // of the row before
    for (var part = lane; part < PARTS; part += LANES) {
      var sum = 0.0;
      for (var i = part; i < COUNT; i += PARTS) {
        sum += X[(row * (COUNT / COLUMNS) + i / COLUMNS) * STRIDE + i % COLUMNS];
      }
      partial[part] = sum;
    }
    for (var half = PARTS / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      for (var part = lane; part < half; part += LANES) {
        partial[part] += partial[part + half];
      }
    }
    if (lane == 0u) {
      finish(partial[0], row, 0u);
    }
  }
}
