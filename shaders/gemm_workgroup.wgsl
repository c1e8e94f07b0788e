// gemm.wgsl for GPUs: a workgroup of WIDTH × WIDTH lanes stages tiles of A and B in its shared memory, so that each value
// is read from memory once per tile instead of once per lane.
// Expects: as gemm.wgsl, and DEPTH, the number of k in a tile.
// @uses shared/gemm_finish
const TILE_ROWS = WIDTH * ROWS;
const TILE_COLUMNS = WIDTH * COLUMNS; // vec4s
var<workgroup> tile_a: array<f32, DEPTH * TILE_ROWS>;
var<workgroup> tile_b: array<vec4f, DEPTH * TILE_COLUMNS>;

fn run(group: vec3u, lane: u32) {
  let local = vec2u(lane % WIDTH, lane / WIDTH);
  let first_row = group.y * TILE_ROWS;
  let first_col = group.x * 4u * TILE_COLUMNS;
  var c: array<array<vec4f, COLUMNS>, ROWS>;
  for (var first_k = 0u; first_k < K; first_k += DEPTH) {
    // [k][row] and [k][col], walked in the order of memory; reads past K repeat its last, and are not used.
    for (var i = lane; i < DEPTH * TILE_ROWS; i += LANES) {
      let r = select(i / DEPTH, i % TILE_ROWS, A_TRANSPOSED);
      let k = select(i % DEPTH, i / TILE_ROWS, A_TRANSPOSED);
      tile_a[k * TILE_ROWS + r] = load_a(first_row + r, min(first_k + k, K - 1u));
    }
    for (var i = lane; i < DEPTH * TILE_COLUMNS; i += LANES) {
      let v = select(i % TILE_COLUMNS, i / DEPTH, B_TRANSPOSED);
      let k = select(i / TILE_COLUMNS, i % DEPTH, B_TRANSPOSED);
      tile_b[k * TILE_COLUMNS + v] = load_b(min(first_k + k, K - 1u), first_col + 4u * v);
    }
    workgroupBarrier();
    for (var k = 0u; k < min(DEPTH, K - first_k); k++) {
      var b: array<vec4f, COLUMNS>;
      for (var v = 0u; v < COLUMNS; v++) { // @unroll
        b[v] = tile_b[k * TILE_COLUMNS + v * WIDTH + local.x];
      }
      for (var r = 0u; r < ROWS; r++) { // @unroll
        let a = vec4f(tile_a[k * TILE_ROWS + local.y * ROWS + r]);
        for (var v = 0u; v < COLUMNS; v++) { // @unroll
          c[r][v] = fma(a, b[v], c[r][v]);
        }
      }
    }
    workgroupBarrier();
  }
  finish_block(c, first_row + local.y * ROWS, first_col + 4u * local.x);
  finish_rows(first_row + local.y * ROWS, local.x, group);
}
