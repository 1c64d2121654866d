// Waiting that ends when a signal aborts.

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
