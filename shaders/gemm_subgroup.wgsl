// gemm.wgsl for devices where reading one address in every lane costs as much as reading many: each lane reads one row of
// A, and the lanes hand the values round.
// Expects: as gemm.wgsl, and SUBGROUP, the least number of lanes of a subgroup; LOADS = ⌈ROWS / SUBGROUP⌉.
// @enable subgroups
// @uses shared/gemm_finish
fn run(group: vec3u, lane: u32) {
  let row = group.y * ROWS;
  let col = (group.x * WIDTH + lane) * 4u * COLUMNS;
  let row_of_lane = row + subgroup_lane % SUBGROUP;
  var c: array<array<vec4f, COLUMNS>, ROWS>;
  for (var k = 0u; k < K + group.z; k++) {
    var b: array<vec4f, COLUMNS>;
    for (var v = 0u; v < COLUMNS; v++) { // @unroll
      b[v] = load_b(k, col + 4u * v);
    }
    var a: array<f32, LOADS>;
    for (var i = 0u; i < LOADS; i++) { // @unroll
      a[i] = load_a(row_of_lane + i * SUBGROUP, k);
    }
    for (var r = 0u; r < ROWS; r++) { // @unroll
      let a_row = vec4f(subgroupBroadcast(a[r / SUBGROUP], r % SUBGROUP));
      for (var v = 0u; v < COLUMNS; v++) { // @unroll
        c[r][v] = fma(a_row, b[v], c[r][v]);
      }
    }
  }
  finish_block(c, row, col);
  finish_rows(row, lane, group);
}
