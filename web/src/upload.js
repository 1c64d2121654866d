// One file on its way: checked, made smaller, sent, sent again.

import { ALL_TYPES, familyOf, fileTypeOf, typeOfMediaType } from "./file-types.js";
import { limitOf, precheck } from "./precheck.js";
import { shrinkPhoto } from "./shrink-photo.js";
import { UploadError } from "./upload-error.js";
import { uploadFile } from "./upload-file.js";

const REPEATABLE = ["refused", "failed", "cancelled"];
const ENDED = ["stored", "removed", ...REPEATABLE];

/** Photos that some browsers can decode and the API does not take. */
const CONVERTIBLE = /^image\/(hei[cf]|avif|webp)$/;

/** A file of an uploader. Each change of it is a `change` event of the uploader. */
export class Upload {
  #context;
  #abort;

  state = "waiting";
  progress = 0;
  objectKey;
  error;

  constructor(context, file) {
    this.#context = context;
    this.original = file;
    this.file = file;
    this.fileType = fileTypeOf(file);
  }

  get isUnfinished() {
    return !ENDED.includes(this.state);
  }

  get isRepeatable() {
    return REPEATABLE.includes(this.state);
  }

  get detectedType() {
    const type = typeOfMediaType(this.error?.details.detected);
    return this.#types.includes(type) ? type : undefined;
  }

  /** Queues it. A finished one is not queued again, but for one that is not stored. */
  async start() {
    if (this.#abort && !this.isRepeatable) return;
    const { signal } = (this.#abort = new AbortController());
    this.#update({ state: "waiting", progress: 0, error: undefined });
    try {
      const refusal = await this.#check(signal);
      if (refusal) await this.#context.shrinkInTurn(() => this.#shrink(refusal, signal));
      await this.#context.sendInTurn(async () => {
        signal.throwIfAborted();
        const objectKey = await this.#sendPersistently(signal);
        this.#update({ state: "stored", objectKey });
      });
    } catch (error) {
      if (signal.aborted) return; // Whoever aborted has set the state.
      const known = error instanceof UploadError ? error : new UploadError("page_fault", { cause: error });
      this.#update({ state: known.retryable ? "failed" : "refused", error: known });
    }
  }

  cancel() {
    if (this.isUnfinished) this.#end("cancelled");
  }

  retry() {
    this.start();
  }

  sendAs(fileType) {
    if (this.isRepeatable) this.fileType = fileType;
    this.start();
  }

  remove() {
    this.#end("removed");
  }

  #end(state) {
    this.#abort?.abort();
    this.#update({ state });
  }

  get #types() {
    return this.#context.options.types ?? ALL_TYPES;
  }

  #update(changes) {
    Object.assign(this, changes);
    this.#context.changed(this);
  }

  /** Throws why the file cannot be sent; gives the reason back where a smaller copy of it can. */
  async #check(signal) {
    const { options } = this.#context;
    try {
      await precheck(this.file, { ...options, fileType: this.fileType, signal });
    } catch (refusal) {
      if (signal.aborted || !options.shrinkPhotos || !this.#types.includes("jpg")) throw refusal;
      const { reasonCode, details } = refusal;
      const isLargePhoto = reasonCode === "too_large" && familyOf(this.fileType) === "image";
      if (!isLargePhoto && !CONVERTIBLE.test(details?.detected)) throw refusal;
      return refusal;
    }
  }

  async #shrink(refusal, signal) {
    signal.throwIfAborted();
    this.#update({ state: "preparing" });
    try {
      const limitBytes = limitOf("jpg", this.#context.options.limits);
      this.file = await shrinkPhoto(this.original, { limitBytes, signal });
      this.fileType = "jpg";
      this.#update({ state: "waiting" });
    } catch {
      throw refusal; // It tells the person more than that this browser cannot.
    }
  }

  /** Sends it, and again after faults that may pass. Being offline is waited out and not counted. */
  async #sendPersistently(signal) {
    const { attempts = 4, firstPauseMs = 1000, longestPauseMs = 30_000 } = this.#context.options.retry ?? {};
    for (let failures = 0; ; ) {
      try {
        return await this.#send(signal);
      } catch (error) {
        if (error.reasonCode === "network" && navigator.onLine === false) {
          this.#update({ state: "offline" });
          await pause(longestPauseMs, signal, "online");
          continue;
        }
        // Half of each pause is random, so that many pages do not come back at the same time.
        const backOff = Math.min(longestPauseMs, firstPauseMs * 2 ** failures) * (1 + Math.random()) / 2;
        const pauseMs = error.retryAfter ? error.retryAfter * 1000 : backOff;
        if (!error.retryable || ++failures >= attempts || pauseMs > longestPauseMs) throw error;
        this.#update({ state: "retrying" });
        await pause(pauseMs, signal);
      }
    }
  }

  /** Sends it with the newest token. One that is refused is renewed once. */
  async #send(signal) {
    const { options, session } = this.#context;
    const onProgress = ({ loaded, total }) => this.#update({ state: "uploading", progress: total && loaded / total });
    let refused;
    let isRenewed = false;
    for (;;) {
      const token = await unlessAborted(session.tokenOtherThan(refused), signal);
      this.#update({ state: "uploading", progress: 0 });
      try {
        const stored = await uploadFile(this.file, { ...options, fileType: this.fileType, token, signal, onProgress });
        session.rotate(token, stored.token);
        return stored.objectKey;
      } catch (error) {
        session.rotate(token, error.token ?? token);
        if (error.status !== 401 && error.status !== 403) throw error;
        // Another upload's answer may have replaced the token meanwhile.
        const isNewest = session.token === token;
        if (isNewest && isRenewed) throw error;
        isRenewed ||= isNewest;
        refused = token;
      }
    }
  }
}

/** Waits so long, or until the window has an event. */
const pause = (milliseconds, signal, event) =>
  unlessAborted(new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    if (event) addEventListener(event, resolve, { once: true, signal });
  }), signal);

const unlessAborted = (promise, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
