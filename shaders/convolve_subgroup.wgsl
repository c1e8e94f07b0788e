// convolve.wgsl for devices where reading one address in every lane costs as much as reading many: each lane reads the tap of
// one filter, and the lanes hand the values round.
// Expects: as convolve.wgsl, and SUBGROUP, the least number of lanes of a subgroup; LOADS = ⌈ROWS / SUBGROUP⌉.
// @enable subgroups
// @uses shared/convolve_finish
fn run(group: vec3u, lane: u32) {
  let row = first_row(group);
  let oy = line_of(group);
  let ox = first_position(group, lane);
  let quad = quad_of(group, lane);
  let row_of_lane = row + subgroup_lane % SUBGROUP;
  var c: array<array<vec4f, SPAN>, ROWS>;
  for (var channel = 0u; channel < CHANNELS + group.z; channel++) {
    for (var ky = 0u; ky < KH + group.z; ky++) {
      let h = oy * STRIDE + ky;
      if (!has_row(h)) {
        continue;
      }
      var b: array<vec4f, SPAN>;
      if (STRIDE == 1u) {
        for (var p = 0u; p < HALO; p++) { // @unroll
          b[p + 1u] = load_pixels(channel, h, ox + p, quad);
        }
      }
      for (var kx = 0u; kx < KW + group.z; kx++) {
        if (STRIDE == 1u) {
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[p] = b[p + 1u];
          }
          b[HALO] = load_pixels(channel, h, ox + HALO + kx, quad);
        } else {
          for (var p = 0u; p < SPAN; p++) { // @unroll
            b[p] = load_pixels(channel, h, (ox + p) * STRIDE + kx, quad);
          }
        }
        var a: array<f32, LOADS>;
        for (var i = 0u; i < LOADS; i++) { // @unroll
          a[i] = load_filter(row_of_lane + i * SUBGROUP, channel, ky, kx);
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
  finish_block(c, row, oy, ox, quad);
}
