import { expose } from 'comlink';
import { createLab } from './lab.ts';

/** Set by the server of the page where it has the files; see vite.config.ts. */
declare const DATA_URL: string;

expose(createLab(DATA_URL && new URL(DATA_URL, location.origin).href));
