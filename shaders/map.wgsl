// One pointwise chain over a matrix, element by element.
// Expects: constants ROWS, COLUMNS; finish(_, row, col), which ignores its value.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < ROWS * COLUMNS; i += 64u * groups.x) {
    finish(0.0, i / COLUMNS, i % COLUMNS);
  }
}
