/** Seconds of training: runs while training does. */
export interface Clock {
  start(): void;
  stop(): void;
  seconds(): number;
}

export function createClock(): Clock {
  let before = 0;
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
