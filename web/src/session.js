// The chat session's token: all calls use the newest, and a rejected one is renewed once for all.

import { UploadError } from "./upload-error.js";
import { shared, unlessAborted } from "./wait.js";

const TOKEN_TIMEOUT_MS = 20_000;

/** The property of a chat that has its session, for uploads. The symbol is the same in all copies of this package. */
export const SESSION = Symbol.for("ccmessaging.session");

export class Session {
  #token;
  #options;
  #renew;

  /** `renew` resolves to a new token: by default to that of the option `getToken`. */
  constructor(options, renew = (abort) => fetchToken(options, abort)) {
    this.#options = options;
    this.#token = options.token;
    this.#renew = shared(renew);
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

  /** Returns the newest token, or renews it if there is none or only the rejected one. */
  async #tokenOtherThan(rejected, signal) {
    if (this.#token && this.#token !== rejected) return this.#token;
    return (this.token = await this.#renew(signal));
  }

  /** Runs `call` with the newest token, which its result or error replaces. A rejected token is renewed once. */
  async call(call, signal) {
    let rejected;
    let isRenewed = false;
    for (;;) {
      const token = await this.#tokenOtherThan(rejected, signal);
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
        rejected = token;
      }
    }
  }
}

/** Gets a token from the page, for at most `tokenTimeoutMs`, and reports failures as an UploadError. */
export async function fetchToken({ getToken, tokenTimeoutMs = TOKEN_TIMEOUT_MS }, abort) {
  const { signal } = abort;
  const timer = setTimeout(() => abort.abort(new UploadError("timeout", { retryable: true })), tokenTimeoutMs);
  let token;
  try {
    token = await unlessAborted(Promise.resolve(getToken?.({ signal })), signal);
  } catch (cause) {
    if (cause instanceof UploadError) throw cause;
    // `fetch` rejects with a TypeError if it cannot connect.
    const reasonCode = cause instanceof TypeError ? "network" : "session_unreachable";
    throw new UploadError(reasonCode, { retryable: true, cause });
  } finally {
    clearTimeout(timer);
  }
  if (!token) throw new UploadError("session_unavailable", { retryable: true });
  return token;
}
