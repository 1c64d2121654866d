// A queue of uploads in one chat session.

import { Session } from "./session.js";
import { Upload } from "./upload.js";

/** What `createUploader` gives. Its `change` events carry the `Upload` that has changed. */
class Uploader extends EventTarget {
  #session;
  #context;
  #uploads = [];

  constructor(options) {
    super();
    this.#session = new Session(options);
    this.#context = {
      options,
      session: this.#session,
      sendInTurn: limiter(() => options.concurrency ?? 1),
      shrinkInTurn: limiter(() => 1), // A decoded photo takes much memory.
      changed: (upload) => this.#changed(upload),
    };
  }

  get uploads() {
    return [...this.#uploads];
  }

  get token() {
    return this.#session.token;
  }

  set token(token) {
    this.#session.token = token;
  }

  add(files) {
    const added = Array.from(files, (file) => new Upload(this.#context, file));
    this.#uploads.push(...added);
    for (const upload of added) upload.start();
    return added;
  }

  close() {
    for (const upload of this.#uploads) upload.remove();
  }

  #changed(upload) {
    if (upload.state === "removed") this.#uploads = this.#uploads.filter((other) => other !== upload);
    // Only while it is needed: a page that listens is not kept for the "back" button.
    const isBusy = this.#uploads.some(({ isUnfinished }) => isUnfinished);
    if (isBusy) addEventListener("beforeunload", askFirst);
    else removeEventListener("beforeunload", askFirst);
    this.dispatchEvent(new CustomEvent("change", { detail: upload }));
  }
}

/** Runs tasks, of which no more than a limit at once; first come, first served. */
function limiter(limit) {
  const waiting = [];
  let running = 0;
  return async (task) => {
    if (running >= limit()) await new Promise((resolve) => waiting.push(resolve));
    else running++;
    try {
      await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** A queue of uploads; see `UploaderOptions` in the type declarations. */
export const createUploader = (options) => new Uploader(options);

const askFirst = (event) => event.preventDefault();
