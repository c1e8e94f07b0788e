/** Gets a fit over the loss of its device: the net is made again on another one, as it was at the last snapshot. */
import { member } from '../base/arguments.ts';
import { DeviceLostError, type RetrogradError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { unlessAborted } from '../engine/compile-progress.ts';
import { type Device, isGone } from '../engine/device.ts';
import type { Engine } from '../engine/engine.ts';
import { gpuEngine } from '../engine/gpu-engine.ts';
import { wholeSteps } from '../engine/wholes.ts';
import { choicesOf } from '../tune/choices.ts';
import { formatCheckpoint } from './checkpoint/checkpoint.ts';
import type { Snapshot } from './checkpoint/snapshot.ts';
import type { Compiled } from './compiled.ts';
import type { FitOptions } from './fit-options.ts';
import { goBack, type Remedy, runningOn } from './ongoing.ts';
import { makeStep, stepGraph } from './training-program.ts';

/** Milliseconds before the second attempt, and before any at most; tests set them. */
export const backoff = { wait: 250, most: 30_000 };

/** Goes on with another device where that of the net is gone, unless the caller opened it and destroyed it. */
export function afterLoss(net: Compiled, { recover, onRecover, signal }: FitOptions): Remedy {
  const { session } = net;
  const { attempts = 5 } = typeof recover === 'object' ? recover : {};
  const assertWanted = (): void => {
    net.access.assertOpen('fit');
    signal?.throwIfAborted();
  };
  let from: Snapshot | undefined;
  let tried = 0;
  /** The error with which it gave up. */
  let last: unknown;
  /** The net on another device. */
  const moved = async (error: RetrogradError, reopen: () => Promise<Device>, to: Snapshot): Promise<Device> => {
    if (to !== from) [from, tried] = [to, 0];
    let cause: unknown = error;
    for (; tried < attempts; tried++) {
      assertWanted();
      try {
        if (tried > 0) await unlessAborted(pause(Math.min(backoff.wait * 2 ** (tried - 1), backoff.most)), signal);
        const device = await opened(reopen, signal);
        await unlessAborted(rebuild(net, device, to, error, assertWanted), signal);
        tried++;
        return device;
      } catch (why) {
        cause = why;
      }
    }
    assertWanted();
    last = gaveUp(error, cause, to, attempts);
    throw last;
  };
  return (error, to) => {
    const { device } = session.engine;
    if (!device?.reopen || error === last || !isGone(error) || !isLost(device)) return undefined;
    const isDestroyed = error instanceof DeviceLostError && error.reason === 'destroyed';
    if (isDestroyed && device !== net.ownDevice) return undefined;
    return async () => {
      const other = await moved(error, device.reopen!, to);
      await onRecover?.({ device: other, error, step: session.steps });
    };
  };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Opens another device. Destroys it if it comes after the signal was aborted. */
function opened(reopen: () => Promise<Device>, signal: AbortSignal | undefined): Promise<Device> {
  const device = reopen();
  return unlessAborted(device, signal).catch((error) => {
    device.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  });
}

/** Whether it is this device that is gone: the error may come from another one, which `onEpoch` worked with. */
function isLost(device: Device): boolean {
  try {
    device.assertAlive();
    return false;
  } catch (error) {
    return isGone(error);
  }
}

function gaveUp(lost: RetrogradError, cause: unknown, to: Snapshot, attempts: number): DeviceLostError {
  const { reason, lastStep } = lost as Partial<DeviceLostError>;
  const why = member(cause, 'message') ?? showValue(cause);
  const isBlocked = member(cause, 'advice') !== undefined;
  const hint = isBlocked ? ' After repeated crashes a browser gives a page no GPU until it is loaded again.' : '';
  const found = `${attempts} attempts to go on with another device failed, the last one with: ${why}`;
  const snapshot = fileOf(to);
  const offer = snapshot ? 'The error has a snapshot to load.' : 'The snapshot holds NaN or infinity.';
  return new DeviceLostError(`${lost.message} ${found}${hint} ${offer}`, { reason, cause, lastStep, snapshot });
}

/** The bytes of a snapshot for `load`; undefined if it holds NaN or infinity, which is all that can be wrong with it. */
function fileOf(snapshot: Snapshot): Uint8Array<ArrayBuffer> | undefined {
  try {
    return formatCheckpoint(snapshot);
  } catch {
    return undefined;
  }
}

/** Everything of a net anew on a device, as it was at a snapshot. Destroys the device where that fails. */
async function rebuild(
  net: Compiled,
  device: Device,
  to: Snapshot,
  lost: Error,
  assertWanted: () => void,
): Promise<void> {
  const { session } = net;
  let engine: Engine | undefined;
  try {
    engine = await gpuEngine(device, wholeSteps);
    const choices = session.choices && (await choicesOf(device));
    const running = { ...runningOn(session), engine, device, choices };
    const { stateFrom } = to.session;
    const step = await makeStep(engine, stepGraph('fit', session.task, { ...session, stateFrom }), {
      ...session,
      ...running,
    });
    const { engine: before } = session;
    const isReady = (): void => {
      assertWanted();
      before.destroy(lost); // so that nothing of it reaches the net as it is from now on
    };
    await goBack(session, to, { ...running, ...step }, isReady);
    net.moved(device);
  } catch (error) {
    engine?.destroy();
    device.destroy();
    throw error;
  }
}
