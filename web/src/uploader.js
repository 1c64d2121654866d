// A queue of uploads in one chat session.

import { Session } from "./session.js";
import { createUpload } from "./upload.js";
import { limiter, nextChange } from "./wait.js";

/** The result of `createUploader`. */
class Uploader extends EventTarget {
  #session;
  #context;
  /** Each upload with its current snapshot, or undefined after a change. */
  #uploads = new Map();
  #snapshot = Object.freeze([]);

  constructor(options) {
    super();
    this.options = options;
    this.#session = new Session(options);
    this.#context = {
      options,
      session: this.#session,
      checked: Promise.resolve(), // when all files added so far are
      sendInTurn: limiter(() => options.concurrency ?? 1),
      shrinkInTurn: limiter(() => 1), // A decoded photo takes much memory.
      changed: (upload) => this.#changed(upload),
    };
  }

  /** Frozen copies of all uploads: the same array until one of them changes, as stores expect it. */
  get uploads() {
    return (this.#snapshot ??= Object.freeze(Array.from(this.#uploads, ([upload, known]) => {
      const copy = known ?? Object.freeze({ ...upload });
      this.#uploads.set(upload, copy);
      return copy;
    })));
  }

  get token() {
    return this.#session.token;
  }

  set token(token) {
    this.#session.token = token;
  }

  /** Calls `listener` after each change; returns a function that ends it. */
  subscribe = (listener) => {
    this.addEventListener("change", listener);
    return () => this.removeEventListener("change", listener);
  };

  add(files) {
    const { maxFiles = Infinity, skipDuplicates } = this.options;
    const duplicates = [];
    const excess = [];
    const added = [];
    for (const file of files) {
      const listed = skipDuplicates && this.#list().find(({ original }) => keyOf(original) === keyOf(file));
      if (listed && !listed.isRepeatable) duplicates.push(file);
      else if (this.#list().filter(({ state }) => !/refused|cancelled/.test(state)).length >= maxFiles) excess.push(file);
      else {
        listed?.remove();
        const created = createUpload(this.#context, file);
        added.push(created);
        this.#touch(created.upload);
      }
    }
    for (const { start } of added) start();
    if (duplicates.length) this.#fire("skipped", { reasonCode: "duplicate", files: duplicates });
    if (excess.length) this.#fire("skipped", { reasonCode: "too_many_files", files: excess });
    return added.map(({ upload }) => upload);
  }

  /** Sends what waits for `review`; resolves to all uploads when none is under way any more. */
  async send() {
    for (const { send } of this.#list()) send();
    while (this.uploads.some(({ isUnfinished }) => isUnfinished)) {
      await nextChange(this);
    }
    return this.uploads;
  }

  retryAll() {
    for (const { state, retry } of this.#list()) if (/failed|cancelled/.test(state)) retry();
  }

  /** Removes what has ended. */
  clear() {
    for (const { isUnfinished, remove } of this.#list()) if (!isUnfinished) remove();
  }

  close() {
    for (const { remove } of this.#list()) remove();
  }

  /** Discards the snapshots of an upload, which is added if it is new. */
  #touch(upload) {
    this.#uploads.set(upload, undefined);
    this.#snapshot = undefined;
  }

  #list() {
    return [...this.#uploads.keys()];
  }

  #changed(upload) {
    this.#touch(upload);
    if (upload.state === "removed") this.#uploads.delete(upload);
    // Only while it is needed: browsers do not keep a page that listens for the "back" button.
    const isBusy = this.#list().some(({ isUnfinished, state }) => isUnfinished && state !== "ready");
    globalThis[isBusy ? "addEventListener" : "removeEventListener"]?.("beforeunload", askFirst);
    this.#fire("change", upload);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Creates a queue of uploads; see `UploaderOptions` in the type declarations. */
export const createUploader = (options) => new Uploader(options);

const keyOf = ({ name, size, lastModified }) => [name, size, lastModified].join();

const askFirst = (event) => event.preventDefault();
