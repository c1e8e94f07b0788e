// What a recurrent layer passes back: ∂C of the gates [GATES · UNITS, STEPS · COLUMNS], step after step from the last one, given
// G [UNITS, STEPS · COLUMNS], ∂C of the states. Workgroups and invocations share the work as in recurrent.wgsl.
// Expects: constants LANES, UNITS, GATES, BLOCK, ROWS, PASSES, STEPS, COLUMNS, G_STRIDE, W_STRIDE as there; block_of(row) of a file
//          block*.wgsl; is_step(at) of a mask file; pass_back(at, unit, place, delta) of a cell file, which gives ∂C of the gates,
//          of the sums W h in them, and of the state before as far as it does not go through W; finish(value, row, col).
// @read G: array<f32>
// @read W: array<f32>
struct Passed {
  gates: array<f32, GATES>,
  sums: array<f32, GATES>,
  state: f32,
}
var<workgroup> shared_rows: array<f32, GATES * UNITS * BLOCK>; // ∂C of the sums

fn run(group: vec3u, lane: u32) {
  let first = group.x * BLOCK;
  var carried: array<f32, PASSES * ROWS * BLOCK>;
  for (var back = 0u; back < STEPS + group.z; back++) { // as in gemm.wgsl
    let t = STEPS - 1u - back;
    for (var p = 0u; p < PASSES * ROWS + group.z; p++) {
      let unit = p * LANES + lane;
      if (unit < UNITS) {
        for (var c = 0u; c < BLOCK + group.z; c++) {
          let at = t * COLUMNS + min(first + c, COLUMNS - 1u);
          let delta = carried[p * BLOCK + c] + G[unit * G_STRIDE + at];
          var passed = Passed();
          passed.state = delta;
          if (is_step(at)) {
            passed = pass_back(at, unit, p * BLOCK + c, delta);
          }
          carried[p * BLOCK + c] = passed.state;
          for (var g = 0u; g < GATES; g++) { // @unroll
            shared_rows[(g * UNITS + unit) * BLOCK + c] = passed.sums[g];
            if (first + c < COLUMNS) {
              finish(passed.gates[g], g * UNITS + unit, at);
            }
          }
        }
      }
    }
    workgroupBarrier();
    for (var p = 0u; p < PASSES + group.z; p++) {
      let through = through_weights(p * ROWS * LANES + lane, GATES * UNITS + group.z);
      for (var r = 0u; r < ROWS; r++) { // @unroll
        for (var c = 0u; c < BLOCK; c++) { // @unroll
          carried[(p * ROWS + r) * BLOCK + c] += through[r][c];
        }
      }
    }
    workgroupBarrier();
  }
}

// Wᵀ δ of ROWS units, for each sample. Lanes past the last unit compute it once more.
fn through_weights(unit: u32, end: u32) -> array<array<f32, BLOCK>, ROWS> {
  var sums: array<array<f32, BLOCK>, ROWS>;
  for (var j = 0u; j < end; j++) {
    let delta = block_of(j);
    for (var r = 0u; r < ROWS; r++) { // @unroll
      let w = W[j * W_STRIDE + min(unit + r * LANES, UNITS - 1u)];
      for (var c = 0u; c < BLOCK; c++) { // @unroll
        sums[r][c] = fma(w, delta[c], sums[r][c]);
      }
    }
  }
  return sums;
}
