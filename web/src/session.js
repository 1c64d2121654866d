// The chat session's token: all uploads use the newest, and a refused one is renewed once for all.

import { UploadError } from "./upload-error.js";
import { unlessAborted } from "./wait.js";

const TOKEN_TIMEOUT_MS = 20_000;

export class Session {
  #token;
  #renewal;
  #options;

  constructor(options) {
    this.#options = options;
    this.#token = options.token;
  }

  get token() {
    return this.#token;
  }

  set token(token) {
    if (token === this.#token) return;
    this.#token = token;
    this.#options.onToken?.(token);
  }

  /** Adopts the token of a response if it differs from the one that was sent. */
  #rotate(sent, received) {
    if (received !== sent) this.token = received;
  }

  /**
   * Returns the newest token, or asks `getToken` if there is none or only the refused one. Uploads that
   * ask at the same time share one call. It is given up when none of them waits any more, so that a
   * retry after a cancelled upload asks anew.
   */
  async #tokenOtherThan(refused, signal) {
    if (this.#token && this.#token !== refused) return this.#token;
    const renewal = (this.#renewal ??= this.#renew());
    renewal.waiting++;
    try {
      return (this.token = await unlessAborted(renewal.token, signal));
    } finally {
      if (--renewal.waiting === 0) {
        renewal.abort.abort();
        if (this.#renewal === renewal) this.#renewal = undefined;
      }
    }
  }

  /**
   * Runs `call` with the newest token, which its result or error replaces. A rejected token is renewed once.
   */
  async call(call, signal) {
    let refused;
    let isRenewed = false;
    for (;;) {
      const token = await this.#tokenOtherThan(refused, signal);
      try {
        const result = await call(token);
        this.#rotate(token, result.token);
        return result;
      } catch (error) {
        this.#rotate(token, error.token ?? token);
        if (!/^40[13]$/.test(error.status)) throw error;
        // The response to another call may have replaced the token meanwhile.
        if (this.#token === token) {
          if (isRenewed) throw error;
          isRenewed = true;
        }
        refused = token;
      }
    }
  }

  #renew() {
    const abort = new AbortController();
    const { getToken, tokenTimeoutMs = TOKEN_TIMEOUT_MS } = this.#options;
    setTimeout(() => abort.abort(new UploadError("timeout", { retryable: true })), tokenTimeoutMs);
    const token = unlessAborted(askFor(getToken, abort.signal), abort.signal);
    return { token, abort, waiting: 0 };
  }
}

/** Asks the page for a token, and reports what fails as an UploadError. */
export async function askFor(getToken, signal) {
  let token;
  try {
    token = await getToken?.({ signal });
  } catch (cause) {
    if (cause instanceof UploadError) throw cause;
    // `fetch` rejects with a TypeError if it cannot connect.
    const reasonCode = cause instanceof TypeError ? "network" : "session_unreachable";
    throw new UploadError(reasonCode, { retryable: true, cause });
  }
  if (!token) throw new UploadError("session_unavailable", { retryable: true });
  return token;
}
