/** How files are read: limits, and news of how far a download is. */
import { checkKeys, checkNumber } from '../base/arguments.ts';

/** Bytes of one file received so far, and of how many where the server says. */
export interface Progress {
  file: string;
  received: number;
  total: number | undefined;
}

export type OnProgress = (progress: Progress) => void;

export interface ReadLimits {
  /** A file that is longer, as it comes or unpacked, is refused as soon as that is known. 2³⁰ unless told. */
  maxBytes?: number;
  /** Milliseconds to wait for a download in all; unless told, a minute and a second more for every 64 KiB that have come. */
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
