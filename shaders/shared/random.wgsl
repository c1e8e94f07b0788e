// Random order without a table, and random bits of elements; the same as src/base/random.ts, which says how and why. No bindings.
// permute(index, count, key): a bijection of [0, count) for count up to 2^31; an index outside comes back as it is.
// element_bits(key, stream, row, col): 32 bits for one element of a tensor.

// "lowbias32" (Wellons 2018): every output bit depends on every input bit.
fn mix_bits(value: u32) -> u32 {
  var x = value ^ (value >> 16u);
  x *= 0x7feb352du;
  x ^= x >> 15u;
  x *= 0x846ca68bu;
  return x ^ (x >> 16u);
}

fn element_bits(key: u32, stream: u32, row: u32, col: u32) -> u32 {
  let in_stream = mix_bits(key ^ mix_bits(stream + 0x9e3779b9u));
  let in_row = mix_bits(in_stream ^ mix_bits(row + 0x9e3779b9u));
  return mix_bits(in_row ^ mix_bits(col + 0x9e3779b9u));
}

fn feistel_function(half: u32, round: u32, key: u32) -> u32 {
  return mix_bits(half + key + round * 0x9e3779b9u);
}

fn permute(index: u32, count: u32, key: u32) -> u32 {
  if (index >= count) {
    return index;
  }
  let bits = 32u - countLeadingZeros(count - 1u);
  let right_bits = (bits + 1u) >> 1u;
  let right_mask = (1u << right_bits) - 1u;
  let left_mask = (1u << (bits - right_bits)) - 1u;
  let rounds = select(6u, 16u, bits < 8u);
  var x = index;
  loop {
    var left = x >> right_bits;
    var right = x & right_mask;
    for (var round = 0u; round < rounds; round += 2u) {
      left ^= feistel_function(right, round, key) & left_mask;
      right ^= feistel_function(left, round + 1u, key) & right_mask;
    }
    x = (left << right_bits) | right;
    if (x < count) {
      break;
    }
  }
  return x;
}
