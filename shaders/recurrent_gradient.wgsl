// What a recurrent layer passes back: ∂C of the gates [GATES · UNITS, STEPS · COLUMNS], step after step from the last one, given
// G [UNITS, STEPS · COLUMNS], ∂C of the states. Workgroups and invocations share the work as in recurrent.wgsl.
// Expects: constants LANES, UNITS, GATES, BLOCK, PER = ⌈UNITS / LANES⌉, STEPS, COLUMNS, G_STRIDE, W_STRIDE; is_step(at) of a
//          mask file; pass_back(at, unit, place, delta) of a cell file, which gives ∂C of the gates, of the sums W h in them, and of
//          the state before as far as it does not go through W; finish(value, row, col).
// @read G: array<f32>
// @read W: array<f32>
struct Passed {
  gates: array<f32, GATES>,
  sums: array<f32, GATES>,
  state: f32,
}
var<workgroup> deltas: array<f32, GATES * UNITS * BLOCK>;

fn run(group: vec3u, lane: u32) {
  let first = group.x * BLOCK;
  var carried: array<f32, PER * BLOCK>;
  for (var back = 0u; back < STEPS + group.z; back++) { // as in gemm.wgsl
    let t = STEPS - 1u - back;
    for (var p = 0u; p < PER + group.z; p++) {
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
            deltas[(g * UNITS + unit) * BLOCK + c] = passed.sums[g];
            if (first + c < COLUMNS) {
              finish(passed.gates[g], g * UNITS + unit, at);
            }
          }
        }
      }
    }
    workgroupBarrier();
    for (var p = 0u; p < PER + group.z; p++) {
      let unit = p * LANES + lane;
      if (unit < UNITS) {
        let through = through_weights(unit, GATES * UNITS + group.z);
        for (var c = 0u; c < BLOCK; c++) { // @unroll
          carried[p * BLOCK + c] += through[c];
        }
      }
    }
    workgroupBarrier();
  }
}

// Wᵀ δ of a unit, for each sample.
fn through_weights(unit: u32, end: u32) -> array<f32, BLOCK> {
  var sums: array<f32, BLOCK>;
  for (var j = 0u; j < end; j++) {
    let w = W[j * W_STRIDE + unit];
    for (var c = 0u; c < BLOCK; c++) { // @unroll
      sums[c] += w * deltas[j * BLOCK + c];
    }
  }
  return sums;
}
