/** Seconds of training: runs while training does. */
export interface Clock {
  start(): void;
  stop(): void;
  seconds(): number;
}

export function createClock(seconds = 0): Clock {
  let before = 1000 * seconds;
  let since: number | undefined;
  const running = () => (since === undefined ? 0 : performance.now() - since);
  return {
    start() {
      since ??= performance.now();
    },
    stop() {
      before += running();
      since = undefined;
    },
    seconds: () => (before + running()) / 1000,
  };
}
