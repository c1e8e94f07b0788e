// C = A B: each invocation makes a block of ROWS × 4·COLUMNS results in registers; neighbouring lanes take neighbouring
// columns. No shared memory and no barrier. Every element is the chain c ← fma(A[row, k], B[k, col], c) over k = 0, 1, ...,
// K − 1, here and in the other forms of this product: so the form changes the speed, and never a bit of the result.
// Here and elsewhere group.z is 0, which no compiler knows: one that wrote out many small loops would make a long program.
// Expects: load_a(row, k), load_b(k, col) of load files; constants WIDTH, the lanes side by side, ROWS, COLUMNS, M, N, K;
//          finish_block.
// @uses shared/gemm_finish
fn run(group: vec3u, lane: u32) {
  let row = group.y * ROWS;
  let col = (group.x * WIDTH + lane) * 4u * COLUMNS;
  var c: array<array<vec4f, COLUMNS>, ROWS>;
  for (var k = 0u; k < K + group.z; k++) {
    var b: array<vec4f, COLUMNS>;
    for (var v = 0u; v < COLUMNS; v++) { // @unroll
      b[v] = load_b(k, col + 4u * v);
    }
    for (var r = 0u; r < ROWS; r++) { // @unroll
      let a = vec4f(load_a(row + r, k));
      for (var v = 0u; v < COLUMNS; v++) { // @unroll
        c[r][v] = fma(a, b[v], c[r][v]);
      }
    }
  }
  finish_block(c, row, col);
  finish_rows(row, lane, group);
}
