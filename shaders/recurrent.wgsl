// States [UNITS, STEPS · COLUMNS] of a recurrent layer, step after step, from what its inputs give. One workgroup runs BLOCK samples
// through all steps; each invocation has PER units of them, LANES apart.
// Expects: constants LANES, UNITS, GATES, BLOCK, PER = ⌈UNITS / LANES⌉, STEPS, COLUMNS, W_STRIDE, B_STRIDE; is_step(at) of a
//          mask file; new_state(at, unit, place, h, sums) of a cell file; finish(value, row, col).
// @read W: array<f32>
// @read B: array<f32>
var<workgroup> states: array<f32, UNITS * BLOCK>;

fn run(group: vec3u, lane: u32) {
  let first = group.x * BLOCK;
  for (var i = lane; i < UNITS * BLOCK; i += LANES) {
    states[i] = 0.0;
  }
  var own: array<f32, PER * BLOCK>;
  for (var t = 0u; t < STEPS + group.z; t++) { // as in gemm.wgsl
    workgroupBarrier();
    for (var p = 0u; p < PER + group.z; p++) {
      let unit = p * LANES + lane;
      if (unit < UNITS) {
        var sums = weighted_sums(unit, UNITS + group.z);
        for (var c = 0u; c < BLOCK + group.z; c++) {
          let at = t * COLUMNS + min(first + c, COLUMNS - 1u);
          let h = states[unit * BLOCK + c];
          own[p * BLOCK + c] = h;
          if (is_step(at)) {
            own[p * BLOCK + c] = new_state(at, unit, p * BLOCK + c, h, sums[c]);
          }
        }
      }
    }
    workgroupBarrier();
    for (var p = 0u; p < PER + group.z; p++) {
      let unit = p * LANES + lane;
      if (unit < UNITS) {
        for (var c = 0u; c < BLOCK + group.z; c++) {
          states[unit * BLOCK + c] = own[p * BLOCK + c];
          if (first + c < COLUMNS) {
            finish(own[p * BLOCK + c], unit, t * COLUMNS + first + c);
          }
        }
      }
    }
  }
}

// B + W h of the gates of a unit, for each sample.
fn weighted_sums(unit: u32, end: u32) -> array<array<f32, GATES>, BLOCK> {
  var sums: array<array<f32, GATES>, BLOCK>;
  for (var g = 0u; g < GATES; g++) { // @unroll
    let bias = B[(g * UNITS + unit) * B_STRIDE];
    for (var c = 0u; c < BLOCK; c++) { // @unroll
      sums[c][g] = bias;
    }
  }
  for (var k = 0u; k < end; k++) {
    for (var g = 0u; g < GATES; g++) { // @unroll
      let w = W[(g * UNITS + unit) * W_STRIDE + k];
      for (var c = 0u; c < BLOCK; c++) { // @unroll
        sums[c][g] += w * states[k * BLOCK + c];
      }
    }
  }
  return sums;
}
