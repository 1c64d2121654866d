// Waiting: for a promise unless a signal aborts, for a time, for a turn.

/** Settles as the promise does; an abort of the signal rejects with its reason and calls `stop`. */
export function unlessAborted(promise, signal, stop) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      stop?.();
    };
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort);
    // Also after an abort, because browsers report unhandled rejections.
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

/**
 * The pause in milliseconds before a retry: by the error's `Retry-After`, or else longer after
 * each failure. Half of the latter is random, so that many pages do not retry at the same moment.
 */
export const retryPause = ({ retryAfter }, failures, firstMs, longestMs) =>
  retryAfter * 1000 || Math.min(longestMs, firstMs * 2 ** failures) * (1 + Math.random()) / 2;

/** Resolves when `target` fires `change` the next time. */
export const nextChange = (target) => new Promise((resolve) => target.addEventListener("change", resolve, { once: true }));

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

/**
 * Shares one run of `task` among those who wait for it at the same time. When none of them waits any more, the run's
 * AbortController is aborted, and the next caller starts another run.
 */
export function shared(task) {
  let current;
  return async (signal) => {
    if (!current) {
      const abort = new AbortController();
      current = { abort, result: task(abort), waiting: 0 };
    }
    const run = current;
    run.waiting++;
    try {
      return await unlessAborted(run.result, signal);
    } finally {
      if (--run.waiting === 0) {
        run.abort.abort();
        if (current === run) current = undefined;
      }
    }
  };
}
