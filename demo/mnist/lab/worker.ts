import { expose, type ProxyMarked, proxy } from 'comlink';
import { createLab } from './lab.ts';
import type { PlaneLab } from './plane/plane-protocol.ts';
import type { Lab } from './protocol.ts';

/** Set by the server of the page where it has the files; see vite.config.ts. */
declare const DATA_URL: string;

/** The labs of all tabs. What only one tab needs is loaded when it asks for it; each tab has a worker of its own. */
export interface LabWorker extends Lab {
  plane(): Promise<PlaneLab & ProxyMarked>;
}

const lab = createLab(DATA_URL && new URL(DATA_URL, location.origin).href);
const plane = async () => proxy((await import('./plane/plane-lab.ts')).createPlane());
expose(Object.assign(lab, { plane }) satisfies LabWorker);
