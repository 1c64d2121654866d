// The chat session's token: the newest counts, and one that is refused is renewed once for all.

import { UploadError } from "./upload-error.js";

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

  /** Takes the token of an answer, where it is another than the one that was sent. */
  rotate(sent, received) {
    if (received !== sent) this.token = received;
  }

  /** The newest token; the page is asked for one where there is none, or only the refused one. */
  async tokenOtherThan(refused) {
    if (this.#token && this.#token !== refused) return this.#token;
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #renew() {
    let token;
    let cause;
    try {
      token = await this.#options.getToken?.();
    } catch (error) {
      cause = error;
    }
    if (!token) throw new UploadError("session_unavailable", { retryable: true, cause });
    return (this.token = token);
  }
}
