// The cells [UNITS, STEPS · COLUMNS] of an LSTM whose gates A are known: c′ = σ(f) c + σ(i) tanh(g). One invocation makes those of one
// unit and sample.
// Expects: constants LANES, UNITS, STEPS, COLUMNS, A_STRIDE; is_step(at) of a mask file; finish(value, row, col).
// @read A: array<f32>
// @uses act/sigmoid
// @uses act/tanh
fn run(group: vec3u, lane: u32) {
  let index = group.x * LANES + lane;
  if (index >= UNITS * COLUMNS) {
    return;
  }
  let unit = index / COLUMNS;
  var c = 0.0;
  for (var t = 0u; t < STEPS + group.z; t++) { // as in gemm.wgsl
    let at = t * COLUMNS + index % COLUMNS;
    if (is_step(at)) {
      let i = sigmoid(A[unit * A_STRIDE + at]);
      let f = sigmoid(A[(UNITS + unit) * A_STRIDE + at]);
      let g = hyperbolic_tangent(A[(2u * UNITS + unit) * A_STRIDE + at]);
      c = f * c + i * g;
    }
    finish(c, unit, at);
  }
}
