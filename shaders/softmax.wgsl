// p = softmax(z) over the rows of each column: pᵢ = exp(zᵢ − max z) / Σₖ exp(zₖ − max z). One invocation, one column.
// Expects: constants ROWS, COLUMNS, STRIDE; finish(p, row, col).
// @read Z: array<f32>
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x;
  if (col >= COLUMNS) {
    return;
  }
  var highest = Z[col];
  for (var row = 1u; row < ROWS; row++) {
    highest = max(highest, Z[row * STRIDE + col]);
  }
  var sum = 0.0;
  for (var row = 0u; row < ROWS; row++) {
    sum += exp(Z[row * STRIDE + col] - highest);
  }
  for (var row = 0u; row < ROWS; row++) {
    finish(exp(Z[row * STRIDE + col] - highest) / sum, row, col);
  }
}
