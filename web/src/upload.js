// One upload: check the file, shrink it, send it, retry.

import { ALL_TYPES, familyOf, fileTypeOf, typeOfMediaType } from "./file-types.js";
import { limitOf, precheck } from "./precheck.js";
import { SESSION } from "./session.js";
import { UploadError } from "./upload-error.js";
import { uploadFile } from "./upload-file.js";
import { pause, retryPause, unlessAborted } from "./wait.js";

/** Formats that some browsers decode and the API does not accept. */
const CONVERTIBLE = /^image\/(hei[cf]|avif|webp)$/;

let lastId = 0;

/**
 * Creates the upload of a file. It is a plain object and its methods do not use `this`: the reactive
 * proxies of Vue and MobX break private fields. Every change of it is reported to `context.changed`.
 */
export function createUpload(context, original) {
  const { options } = context;
  let abort;
  let isChosen = false; // `beforeAdd` has run
  let release;
  let isReleased = false;

  const types = () => options.types ?? ALL_TYPES;
  const upload = {
    id: ++lastId,
    original,
    file: original,
    fileType: fileTypeOf(original),
    state: "waiting",
    progress: 0,
    isUnfinished: true,
    isRepeatable: false,
    cancel: () => upload.isUnfinished && end("cancelled"),
    retry: () => void start(),
    send() {
      isReleased = true;
      release?.();
    },
    sendAs(fileType) {
      if (upload.isRepeatable) upload.fileType = fileType;
      start();
    },
    remove: () => end("removed"),
  };
  return { upload, start };

  /** Starts the upload, or restarts it unless it is in progress or stored. */
  async function start() {
    if ((abort || !upload.isUnfinished) && !upload.isRepeatable) return;
    const { signal } = (abort = new AbortController());
    const earlier = context.checked;
    let pass;
    context.checked = new Promise((resolve) => (pass = resolve));
    update({ state: "waiting", progress: 0, error: undefined, retryAt: undefined });
    try {
      if (!isChosen) await runBeforeAdd(signal);
      await check(signal);
      await unlessAborted(earlier, signal); // Files are sent in the order in which they were added.
      pass();
      if (options.review && !isReleased) await review(signal);
      await context.sendInTurn(async () => {
        signal.throwIfAborted();
        // A file that is stored is not uploaded again if its message fails.
        upload.objectKey ??= await sendPersistently(signal);
        await options.chat?.sendStored(upload);
        update({ state: "stored", progress: 1 });
      });
    } catch (error) {
      if (signal.aborted) return; // The caller of abort() has set the state.
      const known = error instanceof UploadError ? error : new UploadError("page_fault", { cause: error });
      update({ state: known.retryable ? "failed" : "refused", error: known, retryAt: timeAfter(known.retryAfter) });
    } finally {
      pass(earlier); // A file that is not sent must not let later ones overtake earlier ones.
    }
  }

  function end(state) {
    abort?.abort();
    update({ state });
  }

  function update(changes) {
    Object.assign(upload, changes);
    const { state, error } = upload;
    const detected = typeOfMediaType(error?.details.detected);
    upload.isRepeatable = /refused|failed|cancelled/.test(state);
    upload.isUnfinished = !upload.isRepeatable && !/stored|removed/.test(state);
    upload.detectedType = state === "refused" && detected && types().includes(detected) ? detected : undefined;
    context.changed(upload);
  }

  /** Lets the page's `beforeAdd` replace or reject the file. */
  async function runBeforeAdd(signal) {
    const replacement = await unlessAborted(Promise.resolve(options.beforeAdd?.(original, { signal })), signal);
    isChosen = true;
    if (replacement === false) {
      end("removed");
      signal.throwIfAborted();
    }
    if (replacement instanceof Blob) update({ file: replacement, fileType: fileTypeOf(replacement) });
  }

  /** Throws an error if the file cannot be sent. Photos are shrunk or converted if that helps. */
  async function check(signal) {
    try {
      upload.fileType = await precheck(upload.file, { ...options, fileType: upload.fileType, signal });
    } catch (rejection) {
      if (signal.aborted || !options.shrinkPhotos || !types().includes("jpg")) throw rejection;
      const { reasonCode, details } = rejection;
      const isLargePhoto = reasonCode === "too_large" && familyOf(upload.fileType) === "image";
      if (!isLargePhoto && !CONVERTIBLE.test(details?.detected)) throw rejection;
      await context.shrinkInTurn(async () => {
        signal.throwIfAborted();
        update({ state: "preparing" });
        const limitBytes = limitOf("jpg", options.limits);
        const shrunk = import("./shrink-photo.js").then((module) => module.shrinkPhoto(upload.file, { limitBytes, signal }));
        const file = await shrunk.catch(() => {
          throw rejection; // It is more specific than a decoding error.
        });
        update({ state: "waiting", file, fileType: "jpg" });
      });
    }
  }

  async function review(signal) {
    const released = new Promise((resolve) => (release = resolve)); // before listeners may call `send`
    update({ state: "ready" });
    await unlessAborted(released, signal);
    update({ state: "waiting" });
  }

  /** Sends the file and retries transient failures. Attempts while offline do not count. */
  async function sendPersistently(signal) {
    const { attempts = 4, firstPauseMs = 1000, longestPauseMs = 30_000 } = options.retry ?? {};
    for (let failures = 0; ; ) {
      try {
        return await send(signal);
      } catch (error) {
        if (error.retryable && !error.status && globalThis.navigator?.onLine === false) {
          update({ state: "offline" });
          await pause(longestPauseMs, signal, "online");
          continue;
        }
        const pauseMs = retryPause(error, failures, firstPauseMs, longestPauseMs);
        if (!error.retryable || ++failures >= attempts || pauseMs > longestPauseMs) throw error;
        update({ state: "retrying", retryAt: timeAfter(pauseMs / 1000), error });
        await pause(pauseMs, signal);
      }
    }
  }

  /** Sends the file in the newest session. */
  async function send(signal) {
    const onProgress = ({ loaded, total }) => update({ state: "uploading", progress: total && loaded / total });
    const session = options.chat?.[SESSION] ?? context.session;
    const stored = await session.call((token) => {
      update({ state: "uploading", progress: 0, error: undefined, retryAt: undefined });
      return uploadFile(upload.file, { ...options, fileType: upload.fileType, token, signal, onProgress });
    }, signal);
    return stored.objectKey;
  }
}

const timeAfter = (seconds) => seconds && Date.now() + seconds * 1000;
