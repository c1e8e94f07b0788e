import { expose, type ProxyMarked, proxy } from 'comlink';
import type { ExperimentsLab } from './experiments/experiments-protocol.ts';
import { createLab } from './lab.ts';
import type { OwnLab } from './own-data/own-protocol.ts';
import type { PlaneLab } from './plane/plane-protocol.ts';
import type { Lab } from './protocol.ts';

/** Set by the server of the page where it has the files; see vite.config.ts. */
declare const DATA_URL: string;

/** The labs of all tabs. What only one tab needs is loaded when it asks for it; each tab has a worker of its own. */
export interface LabWorker extends Lab {
  plane(): Promise<PlaneLab & ProxyMarked>;
  experiments(): Promise<ExperimentsLab & ProxyMarked>;
  ownData(): Promise<OwnLab & ProxyMarked>;
}

const lab = createLab(DATA_URL && new URL(DATA_URL, location.origin).href);
const plane = async () => proxy((await import('./plane/plane-lab.ts')).createPlane());
const experiments = async () => proxy((await import('./experiments/experiments-lab.ts')).createExperiments());
const ownData = async () => proxy((await import('./own-data/own-lab.ts')).createOwnData());
expose(Object.assign(lab, { plane, experiments, ownData }) satisfies LabWorker);
