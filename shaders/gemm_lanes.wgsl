// gemm_subgroup.wgsl for a B that is read value by value, as one that lies transposed is: a lane takes single columns, and
// neighbouring lanes neighbouring ones.
// Expects: as gemm_subgroup.wgsl, with b_at(k, col) for load_b; finish(C[row][col], row, col).
// @enable subgroups
// @uses shared/gemm_finish_rows
fn run(group: vec3u, lane: u32) {
  let row = group.y * ROWS;
  let col = group.x * WIDTH * COLUMNS + lane;
  let row_of_lane = row + subgroup_lane % SUBGROUP;
  var c: array<array<f32, COLUMNS>, ROWS>;
  for (var k = 0u; k < K + group.z; k++) {
    var b: array<f32, COLUMNS>;
    for (var v = 0u; v < COLUMNS; v++) { // @unroll
      b[v] = b_at(k, col + WIDTH * v);
    }
    var a: array<f32, LOADS>;
    for (var i = 0u; i < LOADS; i++) { // @unroll
      a[i] = load_a(row_of_lane + i * SUBGROUP, k);
    }
    for (var r = 0u; r < ROWS; r++) { // @unroll
      let a_row = subgroupBroadcast(a[r / SUBGROUP], r % SUBGROUP);
      for (var v = 0u; v < COLUMNS; v++) { // @unroll
        c[r][v] = fma(a_row, b[v], c[r][v]);
      }
    }
  }
  var block = c; // to index freely; see gemm_finish.wgsl
  let height = min(ROWS, max(M, row) - row);
  for (var e = 0u; e < COLUMNS * height; e++) {
    let at = col + WIDTH * (e % COLUMNS);
    if (at < N) {
      finish(block[e / COLUMNS][e % COLUMNS], row + e / COLUMNS, at);
    }
  }
  finish_rows(row, lane, group);
}
