import { type Device, DeviceLostError, NoAdapterError, openDevice } from 'retrograd';
import type { Machine } from './protocol.ts';

/** What nets are made on: a GPU, which may be lost and opened again, or the CPU where there is no adapter. */
export class Hardware {
  #device: Device | undefined;
  #machine: Machine | undefined;
  /** Whether a net has opened the device, which goes when the net does. */
  #isOfNet = false;
  readonly #onLost: (message: string) => void;

  constructor(onLost: (message: string) => void) {
    this.#onLost = onLost;
  }

  /** Undefined on the CPU, and after a loss. */
  get device(): Device | undefined {
    return this.#device;
  }

  get isCpu(): boolean {
    return this.#machine?.kind === 'cpu';
  }

  /** Of the machine; '' before there is one. */
  get name(): string {
    return this.#machine?.name ?? '';
  }

  get isThere(): boolean {
    return this.#device !== undefined || this.isCpu;
  }

  /** Throws DeviceLostError where the GPU is gone: the CPU does not take its place unasked. */
  get target(): Device | 'cpu' {
    if (this.isThere) return this.#device ?? 'cpu';
    throw new DeviceLostError('the device was lost before there was a network');
  }

  /** Takes the GPU that a net has opened after a loss. */
  adopt(device: Device): Machine {
    this.#isOfNet = true;
    this.#machine = this.#take(device);
    return this.#machine;
  }

  /** Called before a net is destroyed, which may take the GPU along. */
  release(): void {
    if (this.#isOfNet) this.#device = undefined;
  }

  /** Opens a GPU where a net took it along. */
  async renew(): Promise<void> {
    if (this.#isOfNet) await this.open();
  }

  /** Opens a GPU, in place of the one before. */
  async open(): Promise<Machine> {
    this.#isOfNet = false;
    try {
      this.#machine = this.#take(await openDevice());
    } catch (error) {
      if (!(error instanceof NoAdapterError)) throw error;
      const { message: reason, missing, advice } = error;
      this.#machine = { kind: 'cpu', name: 'CPU reference', software: true, reason, missing, advice };
    }
    return this.#machine;
  }

  #take(opened: Device): Machine {
    const before = this.#device;
    this.#device = opened;
    before?.destroy(); // of a call that came twice
    opened.gpu.lost.then(({ message }) => {
      if (this.#device !== opened) return;
      this.#device = undefined;
      this.#onLost(message || 'the driver gave no reason');
    });
    return { kind: 'gpu', name: opened.info.name, software: opened.info.software };
  }
}
