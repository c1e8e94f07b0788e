// The Jacobian of softmax, pᵢ(δᵢⱼ − pⱼ), times the gradient G that comes from above: pᵢ (gᵢ − Σⱼ gⱼ pⱼ), place by place of each column.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE; finish(result, row, col).
// @read G: array<f32>
// @read P: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  var mean = 0.0;
  for (var row = 0u; row < rows; row++) {
    let at = (row * PLACES + place) * STRIDE + col;
    mean += G[at] * P[at];
  }
  for (var row = 0u; row < rows; row++) {
    let at = (row * PLACES + place) * STRIDE + col;
    finish(P[at] * (G[at] - mean), row * PLACES + place, col);
  }
}
