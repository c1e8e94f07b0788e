// C = A B, a block of 4 × 4 results per invocation; neighbouring lanes take neighbouring columns.
// Expects: load_a(row, k), load_b(k, col) of a load file; constants M, N, K;
//          finish(C[row][col], row, col) and finish_row(Σ over k of A[row][k], row, 0).
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = 4u * id.y;
  let col = 4u * id.x;
  if (row >= M || col >= N) {
    return;
  }
  // Matrices here hold rows as their columns: (A B)ᵀ = Bᵀ Aᵀ.
  var c = mat4x4f();
  var row_sums = vec4f();
  for (var k = 0u; k + 4u <= K; k += 4u) {
    let a = load_a(row, k);
    c += load_b(k, col) * a;
    row_sums += vec4f(1.0) * a;
  }
  if (K % 4u != 0u) {
    let k = K - K % 4u;
    let a = first_of_each_row(load_a(row, k));
    c += first_rows(load_b(k, col)) * a;
    row_sums += vec4f(1.0) * a;
  }
  for (var i = 0u; i < min(4u, M - row); i++) {
    for (var j = 0u; j < min(4u, N - col); j++) {
      finish(c[i][j], row + i, col + j);
    }
    if (FINISH_ROW && col == 0u) {
      finish_row(row_sums[i], row + i, 0u);
    }
  }
}

// What lies past K is padding and may hold anything, NaN included: selected away, never multiplied away.
const IN_K = vec4<bool>(0u < K % 4u, 1u < K % 4u, 2u < K % 4u, false);

fn first_of_each_row(a: mat4x4f) -> mat4x4f {
  let zero = vec4f();
  return mat4x4f(select(zero, a[0], IN_K), select(zero, a[1], IN_K), select(zero, a[2], IN_K), select(zero, a[3], IN_K));
}

fn first_rows(b: mat4x4f) -> mat4x4f {
  let zero = vec4f();
  return mat4x4f(select(zero, b[0], IN_K.x), select(zero, b[1], IN_K.y), select(zero, b[2], IN_K.z), zero);
}
