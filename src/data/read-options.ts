/** How files are read: limits and download progress. */
import { checkKeys, checkNumber } from '../base/arguments.ts';

/** How far the download of a file is. */
export interface Progress {
  /** Path or URL of the file. */
  file: string;
  /** Bytes received so far. */
  received: number;
  /** Bytes in all, if the server says. */
  total: number | undefined;
}

/** A function that is called while a file is downloaded. */
export type OnProgress = (progress: Progress) => void;

/** Limits for reading a file. */
export interface ReadLimits {
  /** Most bytes of the file, as it is read and unpacked; a longer one is refused as soon as that is known. Default: 2³⁰. */
  maxBytes?: number;
  /** Most milliseconds for a download. Default: a minute, and a second more for every 64 KiB received. */
  timeout?: number;
}

export interface OpenOptions extends ReadLimits {
  onProgress?: OnProgress;
}

/** Throws ArgumentError for limits that are none, and for any other option than these and the ones known. */
export function checkLimits(where: string, options: ReadLimits, known: readonly string[] = []): void {
  checkKeys(where, options, [...known, 'maxBytes', 'timeout']);
  for (const name of ['maxBytes', 'timeout'] as const) {
    if (options[name] === undefined) continue;
    checkNumber(`${where}: ${name}`, options[name], 'a finite number > 0', (value) => value > 0);
  }
}
