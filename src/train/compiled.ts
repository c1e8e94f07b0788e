/** A compiled net as the calls on it share it: its state, their turns, and the programs beside the training step. */
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { together } from '../base/together.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../engine/device.ts';
import type { Program } from '../engine/engine.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { state } from '../graph/leaf.ts';
import { Access } from './access.ts';
import { Ahead } from './ahead.ts';
import { evaluatedAs } from './averages.ts';
import { type Feeds, feeds } from './feed.ts';
import { demandParameters } from './finite.ts';
import type { NonFiniteOptions } from './non-finite-options.ts';
import { type BatchOptions, type GivenSamples, type GivenTargets, type PackedBatch, packBatch } from './pack-batch.ts';
import type { Session } from './session.ts';

/** A program beside the training step. */
export interface Beside {
  readonly name: string;
  graph(): Graph;
  /** The nodes that can be read after a run. */
  keep(node: Node): boolean;
  /** Whether the state in it is that of the training step, as parameters are. */
  readonly shares?: 'state';
  /** Whether it takes the averages of the parameters, where the net keeps some. */
  readonly averaged?: boolean;
}

const aheadOf = ({ engine }: Session): Ahead => new Ahead(engine);
const feedsOf = ({ engine, task, checkEvery }: Session): Feeds =>
  feeds(engine, task, { checked: Number.isFinite(checkEvery) });

export class Compiled {
  readonly access = new Access();
  feeds: Feeds;
  ahead: Ahead;
  /** The device that goes with the net: one that the net opened. */
  ownDevice?: Device;
  /** Programs beside the training step, compiled when first asked for. */
  readonly #programs = new Map<string, Program>();
  /** Those that are being compiled. */
  readonly #making = new Map<string, Promise<Program>>();
  readonly session: Session;

  constructor(session: Session) {
    this.session = session;
    this.ahead = aheadOf(session);
    this.feeds = feedsOf(session);
  }

  /** After its training step was made on another device, which is the net's own: the rest is made there when asked for. */
  moved(device: Device): void {
    this.#programs.clear();
    this.#making.clear();
    this.ahead = aheadOf(this.session);
    this.feeds = feedsOf(this.session);
    this.ownDevice?.destroy();
    this.ownDevice = device;
  }

  pack(x: GivenSamples | Dataset, y: GivenTargets | undefined, where: string, options?: BatchOptions): PackedBatch {
    return packBatch(this.session, x, y, where, options);
  }

  /** Work on a program beside the training step, on the same parameters; made at the first call, at hand from then on. */
  on<T>(beside: Beside, work: (program: Program) => Promise<T>): Promise<T> {
    const known = this.#programs.get(beside.name);
    return known ? work(known) : this.#made(beside).then(work);
  }

  /** Once for all calls that wait for it. */
  #made({ name, graph: build, keep, shares, averaged }: Beside): Promise<Program> {
    const { engine, program, parameters } = this.session;
    const underWay = this.#making.get(name);
    if (underWay) return underWay;
    const graph = build();
    const states = shares === 'state' ? graph.nodes.filter(({ op }) => op === state) : [];
    const names = [...parameters.map(({ node }) => node), ...states].map(({ name }) => name);
    const as = averaged ? evaluatedAs(program, names) : undefined;
    const making = engine.program(graph, { keep, shared: [{ program, names, as }] }).then((made) => {
      if (engine === this.session.engine) this.#programs.set(name, made);
      return made;
    });
    this.#making.set(name, making);
    return making.finally(() => this.#making.get(name) === making && this.#making.delete(name));
  }

  /** Frees the programs beside the training step, which is about to be another one. None may be at work. */
  async drop(): Promise<void> {
    const all = [...this.#programs.values()];
    this.#programs.clear();
    for (const program of all) {
      await this.feeds.forget(program);
      program.destroy();
    }
  }

  /** Frees one program beside the training step. It may not be at work. */
  forget(name: string): void {
    this.#programs.get(name)?.destroy();
    this.#programs.delete(name);
  }

  /** Does work on parameters that must be finite, unless others are allowed; they are checked while it runs. */
  async finite<T>(where: string, { allowNonFinite }: NonFiniteOptions, work: () => Promise<T>): Promise<T> {
    if (allowNonFinite) return work();
    // A parameter says better why the work failed.
    const [, result] = await together([demandParameters(this.session, where), work()]);
    return result;
  }
}

const compiled = new WeakMap<object, Compiled>();

/** Lets the functions that take a net find what it is made of. */
export const enlist = (net: object, as: Compiled): void => void compiled.set(net, as);

/** What a net is made of. Throws ArgumentError for anything else. */
export function compiledOf(net: unknown, where: string): Compiled {
  const found = compiled.get(net as object);
  if (!found) throw new ArgumentError(`${where}: expected a net from compile(), found ${showValue(net)}`);
  return found;
}
