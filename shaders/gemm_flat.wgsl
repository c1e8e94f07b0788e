// gemm.wgsl for small products that share a workgroup with others: it makes all rows of 4·COLUMNS columns, a vec4 of
// results per lane at a time.
// Expects: as gemm.wgsl, with WIDTH = LANES and ROWS = M.
// @uses shared/gemm_finish_rows
fn run(group: vec3u, lane: u32) {
  for (var i = lane; i < M * COLUMNS; i += LANES) {
    let row = i / COLUMNS;
    let col = 4u * (group.x * COLUMNS + i % COLUMNS);
    var c = vec4f();
    for (var k = 0u; k < K + group.z; k++) {
      c = fma(vec4f(load_a(row, k)), load_b(k, col), c);
    }
    for (var j = 0u; j < min(4u, max(N, col) - col) + group.z; j++) {
      finish(c[j], row, col + j);
    }
  }
  finish_rows(0u, lane, group);
}
