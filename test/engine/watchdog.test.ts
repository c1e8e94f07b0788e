/** A driver that gives no answer is found out; one that is slow, and a machine that slept, are not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchdogOf } from '../../src/engine/watchdog.ts';
import { DeviceHungError } from '../../src/index.ts';

const never = new Promise<never>(() => {});
const later = (milliseconds: number) => new Promise<number>((resolve) => setTimeout(resolve, milliseconds, 7));

describe('a driver', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('that answers is not disturbed', async () => {
    const { answer, assertAnswers } = watchdogOf('It', 1000);
    await expect(answer(Promise.resolve(7), 'to read')).resolves.toBe(7);
    await expect(answer(Promise.reject(new Error('no')), 'to read')).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(10_000);
    assertAnswers();
  });

  it('that gives no answer fails all that wait for it, and what is asked of it later', async () => {
    const { answer, assertAnswers } = watchdogOf('It', 1000);
    const failures = [answer(never, 'to read W1'), answer(never, 'to run a step')].map((wait) => wait.catch((e) => e));
    await vi.advanceTimersByTimeAsync(999);
    assertAnswers();
    await vi.advanceTimersByTimeAsync(100);
    const [first, second] = await Promise.all(failures);
    expect(first).toBeInstanceOf(DeviceHungError);
    expect(first.message).toMatch(/It has not answered for 1 s. It was due to read W1/);
    expect(second).toBe(first);
    expect(assertAnswers).toThrow(first);
    await expect(answer(Promise.resolve(7), 'to write')).rejects.toBe(first);
  });

  it('that answers anything has time for the rest', async () => {
    const { answer, assertAnswers } = watchdogOf('It', 1000);
    const failure = answer(never, 'to compile').catch((error) => error);
    for (let i = 0; i < 5; i++) {
      const asked = answer(later(900), 'to read');
      await vi.advanceTimersByTimeAsync(900);
      expect(await asked).toBe(7);
    }
    assertAnswers();
    await vi.advanceTimersByTimeAsync(1100);
    expect(await failure).toBeInstanceOf(DeviceHungError);
  });

  it('that is asked for nothing has no clock', async () => {
    const { answer } = watchdogOf('It', 1000);
    for (let i = 0; i < 100; i++) await answer(Promise.resolve(), 'to read');
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(50);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has as long as it is given, however long that is', async () => {
    const { answer, assertAnswers } = watchdogOf('It', 1e12);
    void answer(never, 'to read').catch(() => {});
    await vi.advanceTimersByTimeAsync(1e7);
    assertAnswers();
  });
});

describe('a program', () => {
  it('that slept for longer than that lets the driver answer', async () => {
    const { answer } = watchdogOf('It', 200);
    const asked = answer(later(250), 'to read');
    await later(20);
    for (const until = performance.now() + 400; performance.now() < until; );
    await expect(asked).resolves.toBe(7);
  });

  it.skipIf(typeof process === 'undefined' || !process.getActiveResourcesInfo)(
    'is not kept alive by the clock',
    async () => {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      const before = timers();
      void watchdogOf('It', 1e6).answer(never, 'to read');
      expect(timers()).toBe(before);
    },
  );
});
