// States [UNITS, STEPS · COLUMNS] of a recurrent layer, step after step, from what its inputs give. One workgroup runs BLOCK samples
// through all steps. Each invocation has ROWS units at a time, LANES apart, PASSES times.
// Expects: constants LANES, UNITS, GATES, BLOCK, ROWS, PASSES = ⌈UNITS / (ROWS · LANES)⌉, STEPS, COLUMNS, W_STRIDE, B_STRIDE;
//          block_of(row) of a file block*.wgsl; is_step(at) of a mask file; new_state(at, unit, place, h, sums) of a cell file;
//          finish(value, row, col).
// @read W: array<f32>
// @read B: array<f32>
var<workgroup> shared_rows: array<f32, UNITS * BLOCK>; // the states before

fn run(group: vec3u, lane: u32) {
  let first = group.x * BLOCK;
  for (var i = lane; i < UNITS * BLOCK; i += LANES) {
    shared_rows[i] = 0.0;
  }
  var own: array<f32, PASSES * ROWS * BLOCK>;
  for (var t = 0u; t < STEPS + group.z; t++) { // as in gemm.wgsl
    workgroupBarrier();
    for (var p = 0u; p < PASSES + group.z; p++) {
      var sums = weighted_sums(p * ROWS * LANES + lane, UNITS + group.z);
      for (var r = 0u; r < ROWS + group.z; r++) {
        let unit = (p * ROWS + r) * LANES + lane;
        if (unit < UNITS) {
          for (var c = 0u; c < BLOCK + group.z; c++) {
            let at = t * COLUMNS + min(first + c, COLUMNS - 1u);
            let place = (p * ROWS + r) * BLOCK + c;
            let h = shared_rows[unit * BLOCK + c];
            own[place] = h;
            if (is_step(at)) {
              own[place] = new_state(at, unit, place, h, sums[r][c]);
            }
          }
        }
      }
    }
    workgroupBarrier();
    for (var p = 0u; p < PASSES * ROWS + group.z; p++) {
      let unit = p * LANES + lane;
      if (unit < UNITS) {
        for (var c = 0u; c < BLOCK + group.z; c++) {
          shared_rows[unit * BLOCK + c] = own[p * BLOCK + c];
          if (first + c < COLUMNS) {
            finish(own[p * BLOCK + c], unit, t * COLUMNS + first + c);
          }
        }
      }
    }
  }
}

// B + W h of the gates of ROWS units, for each sample. Lanes past the last unit compute it once more.
fn weighted_sums(unit: u32, end: u32) -> array<array<array<f32, GATES>, BLOCK>, ROWS> {
  var sums: array<array<array<f32, GATES>, BLOCK>, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // @unroll
    for (var g = 0u; g < GATES; g++) { // @unroll
      let bias = B[(g * UNITS + min(unit + r * LANES, UNITS - 1u)) * B_STRIDE];
      for (var c = 0u; c < BLOCK; c++) { // @unroll
        sums[r][c][g] = bias;
      }
    }
  }
  for (var k = 0u; k < end; k++) {
    let h = block_of(k);
    for (var r = 0u; r < ROWS; r++) { // @unroll
      for (var g = 0u; g < GATES; g++) { // @unroll
        let w = W[(g * UNITS + min(unit + r * LANES, UNITS - 1u)) * W_STRIDE + k];
        for (var c = 0u; c < BLOCK; c++) { // @unroll
          sums[r][c][g] = fma(w, h[c], sums[r][c][g]);
        }
      }
    }
  }
  return sums;
}
