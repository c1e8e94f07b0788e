/** A short name for a long text; not for secrets. */

/** 16 hexadecimal digits: FNV-1a from two offsets. */
export const digest = (text: string): string =>
  [0x811c9dc5, 0x2f0b4a27].map((offset) => fnv(text, offset).toString(16).padStart(8, '0')).join('');

function fnv(text: string, offset: number): number {
  let hash = offset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
