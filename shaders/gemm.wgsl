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
  for (var k = 0u; k < K; k += 4u) {
    var a = load_a(row, k);
    var b = load_b(k, col);
    if (K % 4u != 0u && k + 4u > K) {
      a = without_padding(a);
      b = mat4x4f(b[0], select(vec4f(), b[1], IN_K.y), select(vec4f(), b[2], IN_K.z), vec4f());
    }
    c += b * a;
    row_sums += vec4f(1.0) * a;
  }
  // One call in a loop, not sixteen: the epilogue may be long, and drivers unroll an index into a matrix.
  let height = min(4u, M - row);
  let width = min(4u, N - col);
  for (var e = 0u; e < height * width; e++) {
    let i = e / width;
    let j = e % width;
    finish(pick(pick_row(c, i), j), row + i, col + j);
  }
  if (FINISH_ROW && col == 0u) {
    for (var i = 0u; i < height; i++) {
      finish_row(pick(row_sums, i), row + i, 0u);
    }
  }
}

fn pick_row(m: mat4x4f, i: u32) -> vec4f {
  return select(select(m[3], m[2], i == 2u), select(m[1], m[0], i == 0u), i < 2u);
}

fn pick(v: vec4f, i: u32) -> f32 {
  return select(select(v.w, v.z, i == 2u), select(v.y, v.x, i == 0u), i < 2u);
}

// What lies past K is padding and may hold anything, NaN included: selected away, never multiplied away.
const IN_K = vec4<bool>(true, 1u < K % 4u, 2u < K % 4u, false);

fn without_padding(a: mat4x4f) -> mat4x4f {
  let zero = vec4f();
  return mat4x4f(select(zero, a[0], IN_K), select(zero, a[1], IN_K), select(zero, a[2], IN_K), select(zero, a[3], IN_K));
}
