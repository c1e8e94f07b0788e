// block.wgsl for devices where reading one address in every lane costs as much as reading many: each lane reads one value, and
// the lanes hand them round.
// Expects: as block.wgsl, and SUBGROUP, the least number of lanes of a subgroup; LOADS = ⌈BLOCK / SUBGROUP⌉.
// @enable subgroups
fn block_of(row: u32) -> array<f32, BLOCK> {
  var own: array<f32, LOADS>;
  for (var i = 0u; i < LOADS; i++) { // @unroll
    own[i] = shared_rows[row * BLOCK + i * SUBGROUP + subgroup_lane % SUBGROUP];
  }
  var block: array<f32, BLOCK>;
  for (var c = 0u; c < BLOCK; c++) { // @unroll
    block[c] = subgroupBroadcast(own[c / SUBGROUP], c % SUBGROUP);
  }
  return block;
}
