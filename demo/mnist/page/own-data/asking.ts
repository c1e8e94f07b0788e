/** Asks again at each call; while an answer is awaited, once more when it is there. */
export function createAsking(ask: () => Promise<void>): () => Promise<void> {
  let isAsking = false;
  let isOutdated = false;
  return async () => {
    isOutdated = true;
    if (isAsking) return;
    isAsking = true;
    while (isOutdated) {
      isOutdated = false;
      await ask();
    }
    isAsking = false;
  };
}
