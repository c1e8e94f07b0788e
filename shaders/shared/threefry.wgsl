// Threefry-2x32, 20 rounds: the same bits as threefry of src/base/random.ts, which says where it is from. No bindings.

fn threefry_rounds(block: vec2u, rotations: vec4u) -> vec2u {
  var x = block;
  for (var round = 0u; round < 4u; round++) { // @unroll
    x.x += x.y;
    x.y = ((x.y << rotations[round]) | (x.y >> (32u - rotations[round]))) ^ x.x;
  }
  return x;
}

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let even = vec4u(13u, 15u, 26u, 6u);
  let odd = vec4u(17u, 29u, 16u, 24u);
  let parity = 0x1bd11bdau ^ key.x ^ key.y;
  var x = threefry_rounds(counter + key, even) + vec2u(key.y, parity + 1u);
  x = threefry_rounds(x, odd) + vec2u(parity, key.x + 2u);
  x = threefry_rounds(x, even) + vec2u(key.x, key.y + 3u);
  x = threefry_rounds(x, odd) + vec2u(key.y, parity + 4u);
  return threefry_rounds(x, even) + vec2u(parity, key.x + 5u);
}
