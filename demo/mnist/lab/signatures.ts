/** Kinds of files by how they begin. */

interface Other {
  readonly kind: 'picture' | 'archive' | 'model' | 'page' | 'other';
  readonly title: string;
}

/** [how it begins (ASCII, \xhh for other bytes), kind, title, where that stands] */
const signatures: readonly (readonly [begins: string, kind: Other['kind'], title: string, at?: number])[] = [
  ['\x89PNG', 'picture', 'a PNG picture'],
  ['\xff\xd8\xff', 'picture', 'a JPEG picture'],
  ['GIF8', 'picture', 'a GIF picture'],
  ['WEBP', 'picture', 'a WebP picture', 8],
  ['ftypavif', 'picture', 'an AVIF picture', 4],
  ['ftyphei', 'picture', 'a HEIC picture', 4],
  ['II*\0', 'picture', 'a TIFF picture'],
  ['MM\0*', 'picture', 'a TIFF picture'],
  ['\x89HDF', 'model', 'an HDF5 file, as Keras writes them'],
  ['\x80\x02', 'model', 'a Python pickle'],
  ['\x80\x03', 'model', 'a Python pickle'],
  ['\x80\x04', 'model', 'a Python pickle'],
  ['\x80\x05', 'model', 'a Python pickle'],
  ['GGUF', 'model', 'a GGUF model'],
  ['\x93NUMPY', 'other', 'a NumPy array (.npy)'],
  ['7z\xbc\xaf', 'archive', 'a 7z archive'],
  ['Rar!', 'archive', 'a RAR archive'],
  ['\x1f\x8b', 'archive', 'a gzip file'],
  ['BZh', 'archive', 'a bzip2 archive'],
  ['\xfd7zXZ', 'archive', 'an xz archive'],
  ['\x28\xb5\x2f\xfd', 'archive', 'a Zstandard archive'],
  ['ustar', 'archive', 'a tar archive', 257],
  ['%PDF', 'other', 'a PDF'],
  ['PAR1', 'other', 'a Parquet file'],
  ['SQLite format 3', 'other', 'an SQLite database'],
];

/** By the first bytes of a file; `isCut` where there are more. */
export function startOf(head: Uint8Array, isCut: boolean): Other {
  if (head.length === 0) return { kind: 'other', title: 'an empty file' };
  const text = (from: number, length: number) => String.fromCharCode(...head.subarray(from, from + length));
  const found = signatures.find(([begins, , , at = 0]) => text(at, begins.length) === begins);
  if (found) return { kind: found[1], title: found[2] };
  if (text(0, 4) === 'PK\x03\x04' || text(0, 4) === 'PK\x05\x06') return zip(text(0, 4096));
  if (text(0, 2) === 'BM' && head.length > 26 && head[6] + head[7] + head[8] + head[9] === 0)
    return { kind: 'picture', title: 'a BMP picture' };
  return textIn(head, isCut) ?? { kind: 'other', title: `an unknown file (it begins with ${hex(head)})` };
}

/** By the name of its first files. */
function zip(start: string): Other {
  if (/data\.pkl|\/(byteorder|\.data\/|version)/.test(start)) return { kind: 'model', title: 'a PyTorch file (.pt)' };
  if (/metadata\.json|model\.weights/.test(start)) return { kind: 'model', title: 'a Keras file' };
  if (/\.npy/.test(start)) return { kind: 'other', title: 'a NumPy archive (.npz)' };
  return { kind: 'archive', title: 'a zip archive' };
}

function textIn(head: Uint8Array, isCut: boolean): Other | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: isCut }).trim();
  } catch {
    return undefined;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no text has
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return undefined;
  if (text === '') return { kind: 'other', title: 'a blank file' };
  if (/^<!doctype html|^<html/i.test(text)) return { kind: 'page', title: 'an HTML page' };
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg/s.test(text)) return { kind: 'picture', title: 'an SVG picture' };
  if (/^<\?xml/.test(text)) return { kind: 'other', title: 'an XML file' };
  if (isJson(text, isCut)) return { kind: 'other', title: 'a JSON file' };
  const [first, second] = text.split('\n').map((line) => line.split(',').length);
  return { kind: 'other', title: first > 1 && first === second ? 'a table of values (CSV)' : 'a text file' };
}

function isJson(text: string, isCut: boolean): boolean {
  if (!/^[[{]/.test(text)) return false;
  if (isCut) return /^[[{]\s*["[{\d-]/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const hex = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
