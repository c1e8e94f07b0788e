/**
 * Floats of 16 bits: the half of IEEE 754, with 1 bit of sign, 5 of exponent and 10 of fraction, and bfloat16, which is the
 * upper half of a 32-bit float.
 */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);
const NAN = 0x7f800000;

/** The number that the bits of a half stand for. */
export function halfOf(bits: number): number {
  const isNumber = (bits & 0x7c00) < 0x7c00;
  word[0] = ((bits & 0x8000) << 16) | ((bits & 0x7fff) << 13) | (isNumber ? 0 : NAN);
  return float[0] * (isNumber ? 2 ** 112 : 1); // the exponent counts from −15 in a half, and from −127 here
}

/** The number that the bits of a bfloat16 stand for. */
export function bfloatOf(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

/** The bits of the half nearest to a 32-bit float, of two the even one; those of infinity from 65520 on. */
export function halfBits(value: number): number {
  float[0] = value;
  const sign = (word[0] >>> 16) & 0x8000;
  const magnitude = word[0] & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | (magnitude > NAN ? 0x7e00 : 0x7c00); // from 65536 on
  if (magnitude >= 0x38800000) return sign | nearestUpper(magnitude - 0x38000000, 13);
  float[0] = Math.abs(value) + 0.5; // its last bit is 2⁻²⁴, as that of the halves below 2⁻¹⁴
  return sign | (word[0] - 0x3f000000);
}

/** The bits of the bfloat16 nearest to a 32-bit float, of two the even one. */
export function bfloatBits(value: number): number {
  float[0] = value;
  return (word[0] & 0x7fffffff) > NAN ? (word[0] >>> 16) | 0x40 : nearestUpper(word[0], 16);
}

/** The bits without the lowest `n`, rounded to the nearest, of two to the even one. */
const nearestUpper = (bits: number, n: number): number => (bits + 2 ** (n - 1) - 1 + ((bits >>> n) & 1)) >>> n;
