// Waiting: for a promise unless a signal aborts, for a time, for a turn.

/** Settles as the promise does; an abort of the signal rejects with its reason and calls `stop`. */
export function unlessAborted(promise, signal, stop) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      stop?.();
    };
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal?.removeEventListener("abort", onAbort));
  });
}

/** Resolves after so many milliseconds, or when the window fires `event`. */
export async function pause(milliseconds, signal, event) {
  const ended = new AbortController();
  let timer;
  try {
    await unlessAborted(new Promise((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      if (event) globalThis.addEventListener?.(event, resolve, { signal: ended.signal });
    }), signal);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

/** The pause in milliseconds after so many failures. Half of it is random, so that many pages do not retry at the same moment. */
export const backOff = (failures, firstMs, longestMs) =>
  Math.min(longestMs, firstMs * 2 ** failures) * (1 + Math.random()) / 2;

/** Runs tasks in order, at most `limit()` at once. */
export function limiter(limit) {
  const waiting = [];
  let running = 0;
  return async (task) => {
    if (running < limit()) running++;
    else await new Promise((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      running--;
      // The limit may have changed: start as many as it permits now, which may be none.
      while (waiting.length && running < limit()) {
        running++;
        waiting.shift()();
      }
    }
  };
}
