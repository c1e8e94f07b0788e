// convolve.wgsl for devices where reading one address in every lane costs as much as reading many: each lane reads the tap of
// one filter, and the lanes hand the values round.
// Expects: as convolve.wgsl, and SUBGROUP, the least number of lanes of a subgroup; LOADS = ⌈ROWS / SUBGROUP⌉.
// @enable subgroups
// @uses shared/convolve_place
// @uses shared/convolve_finish
fn run(group: vec3u, lane: u32) {
  let at = place_of(group);
  let position = position_of(group, lane);
  let quad = quad_of(group, lane);
  let down = meeting_down(at.line);
  let across = meeting_across(at.phase);
  let w = position * STEP_ACROSS + across.pixel;
  let row_of_lane = at.row + subgroup_lane % SUBGROUP;
  var c: array<array<vec4f, SPAN>, ROWS>;
  for (var channel = 0u; channel < CHANNELS + group.z; channel++) {
    for (var i = 0u; down.tap + i * SPREAD_DOWN < KH + group.z; i++) {
      let h = down.pixel + i;
      if (!has_row(h)) {
        continue;
      }
      var b: array<vec4f, SPAN>;
      if (STEP_ACROSS == 1u) {
        for (var p = 0u; p < HALO; p++) { // @unroll
          b[p + 1u] = load_pixels(at.channel + channel, h, w + p, quad);
        }
      }
      for (var j = 0u; across.tap + j * SPREAD_ACROSS < KW + group.z; j++) {
        if (STEP_ACROSS == 1u) {
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[p] = b[p + 1u];
          }
          b[HALO] = load_pixels(at.channel + channel, h, w + HALO + j, quad);
        } else {
          for (var p = 0u; p < SPAN; p++) { // @unroll
            b[p] = load_pixels(at.channel + channel, h, w + p * STEP_ACROSS + j, quad);
          }
        }
        var a: array<f32, LOADS>;
        for (var l = 0u; l < LOADS; l++) { // @unroll
          let row = row_of_lane + l * SUBGROUP;
          a[l] = load_filter(row, channel, down.tap + i * SPREAD_DOWN, across.tap + j * SPREAD_ACROSS);
        }
        for (var r = 0u; r < ROWS; r++) { // @unroll
          let a_row = vec4f(subgroupBroadcast(a[r / SUBGROUP], r % SUBGROUP));
          for (var p = 0u; p < SPAN; p++) { // @unroll
            c[r][p] = fma(a_row, b[p], c[r][p]);
          }
        }
      }
    }
  }
  finish_block(c, at, position, quad);
}
