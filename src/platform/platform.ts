/**
 * What differs between a browser and Node, in one place. The browser is the default; `platform.node.ts`, imported by
 * the Node entries only, fills in the rest.
 */
import type { Opened } from '../base/byte-stream.ts';
import type { Slices } from '../base/slices.ts';
import { type Cache, pageCache } from './cache.ts';
import { databaseStore, type Store } from './store.ts';

/** What is in a folder. */
export interface Folder {
  /** Its path, also where it was named by a file URL. */
  readonly path: string;
  /** Its path behind all links: two names of one folder have the same. */
  readonly real: string;
  /** Names of the files in it, and of what links to a file. */
  readonly files: readonly string[];
  /** Names of the folders in it, and of what links to a folder. */
  readonly folders: readonly string[];
}

export interface Files {
  /** A local file, to be read in parts; undefined where there is no such file. */
  open(path: string): Promise<Opened | undefined>;
  /** A local file, to be read by places; undefined where there is no such file. */
  openSlices(path: string): Promise<Slices | undefined>;
  /** Bytes of a local file, or undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Writes the whole file or nothing: a temporary name first, then a rename. Makes the folders it needs. Calls for one file,
   * by whatever name, are carried out in their order, also where bytes of the earlier one come later.
   */
  write(path: string, bytes: Uint8Array | Promise<Uint8Array>): Promise<void>;
  /** Writes at the end of a file, in one piece. */
  append(path: string, text: string): Promise<void>;
  /** What is in a local folder, sorted by name; undefined where there is no such folder. */
  list(path: string): Promise<Folder | undefined>;
  join(...parts: string[]): string;
  /** RETROGRAD_DATA: a folder that holds `mnist/` and the like. */
  dataFolder(): string | undefined;
}

export interface Platform {
  /** The entry point of WebGPU, or undefined where there is none. */
  gpu(): Promise<GPU | undefined>;
  /** The same promise, awaited in a way that leaves the processor to a device that runs on it. */
  waitFor<T>(work: Promise<T>): Promise<T>;
  /** What WebGPU runs in, with its version: results of measurements hold for one. */
  runtime(): Promise<string>;
  /** Where what was learnt about a device is kept between runs; undefined where nothing may be kept. */
  store(): Store | undefined;
  /** Where downloads are kept between runs; undefined where nothing may be kept. */
  cache(): Cache | undefined;
  /** Absent in a browser. */
  files?: Files;
}

export const platform: Platform = {
  gpu: async () => globalThis.navigator?.gpu,
  waitFor: (work) => work,
  runtime: async () => globalThis.navigator?.userAgent ?? 'unknown',
  store: databaseStore,
  cache: pageCache,
};
