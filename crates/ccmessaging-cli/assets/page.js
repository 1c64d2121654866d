// The upload page: which files wait, which one is sent, and what became of each.

import { UploadError, fileTypeOf, uploadFile } from "./upload-file-stream.js";

const ENDPOINT = "/apiaccess/ccmessaging/uploadFileStream";
const FAMILIES = {
  jpg: "image", jpeg: "image", png: "image", bmp: "image", mp3: "audio", aac: "audio",
  mp4: "video", txt: "text", csv: "text",
};

const part = (testId, within = document) => within.querySelector(`[data-testid="${testId}"]`);

/** Tells something to a screen reader, without moving the focus. */
function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  const log = part("announcements");
  log.append(line);
  if (log.children.length > 20) log.firstChild.remove();
}

// --- Session --------------------------------------------------------------------------------

// The newest token of the session. It lives in memory only and is never shown.
let token;

async function newToken(signal) {
  let response;
  try {
    response = await fetch("/session", { cache: "no-store", signal });
    if (response.ok) return (await response.json()).token;
  } catch (error) {
    if (signal.aborted) throw error;
  }
  throw new UploadError("No chat session could be opened for the upload.", {
    status: response?.status ?? 0,
    requestId: response?.headers.get("x-request-id") ?? undefined,
  });
}

/** Uploads with the session's newest token; where the session has ended, once more with a new one. */
async function uploadInSession(file, { signal, onProgress }) {
  const isNew = !token;
  token ||= await newToken(signal);
  try {
    const stored = await uploadFile(file, { endpoint: ENDPOINT, token, signal, onProgress });
    token = stored.token;
    return stored.objectKey;
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    const isOver = error.status === 401 || error.status === 403;
    token = isOver ? undefined : error.token;
    if (isOver && !isNew) return uploadInSession(file, { signal, onProgress });
    throw error;
  }
}

// --- Queue ----------------------------------------------------------------------------------

// One upload at a time. An answer may replace the token, and the old one is void from then on: an
// upload that started before that answer was read could carry a void token.
const queue = [];
let running = false;

async function runQueue() {
  if (running) return;
  running = true;
  for (let item = queue.shift(); item; item = queue.shift()) await item.upload();
  running = false;
}

function enqueue(...items) {
  queue.push(...items);
  runQueue();
}

// --- What went wrong, and what to do --------------------------------------------------------

/** Whether the file itself is refused, so that sending it again would not help. */
function isRefusal({ status, returnCode }) {
  const passing = [401, 403, 408, 429].includes(status) || status >= 500;
  return !passing && (status === 413 || returnCode === "2" || returnCode === "3");
}

/** The remedy in plain words. The gateway's own sentence stands above it. */
async function remedyFor(error, file) {
  const { status, retryAfter } = error;
  if (file.size === 0) return "The file is empty. Choose one that has content.";
  if (status === 0) {
    const readable = await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
    if (!readable) return "Choose it again if it was changed or moved. Of a folder, choose the files in it.";
    const reason = file.size > 4e6 ? " If small files pass, this one is too large." : ""; // cut off half-way
    return `Check that the gateway is running and that you are online, then retry.${reason}`;
  }
  if (retryAfter) return `The service is busy. Retry in ${retryAfter} second${retryAfter === 1 ? "" : "s"}.`;
  if (status === 401 || status === 403) {
    return "The contact centre did not accept the session or the app key. Retry opens a new session; if that fails too, check the gateway’s credentials.";
  }
  if (status === 413) return "Choose a smaller file, or reduce this one.";
  if (isRefusal(error)) return remedyForContent(fileTypeOf(file), error.message);
  return "The file was not stored; retrying is safe. If it fails again, tell the gateway’s operator the request number.";
}

function remedyForContent(fileType, message) {
  if (/\bhei[cf]\b/i.test(`${fileType} ${message}`)) {
    return "Convert the photo to JPG. On an iPhone: Settings, Camera, Formats, Most Compatible.";
  }
  if (FAMILIES[fileType]) {
    return "Make sure that the file is complete, not too large, and really what its name says.";
  }
  return "Convert it to JPG, PNG, BMP, MP3, AAC, MP4, TXT or CSV.";
}

// --- One file -------------------------------------------------------------------------------

const LABELS = {
  waiting: "Waiting", uploading: "Uploading", stored: "Stored", refused: "Refused",
  failed: "Failed", cancelled: "Cancelled",
};

class Item {
  #file;
  #abort;
  #element = document.querySelector("template").content.firstElementChild.cloneNode(true);

  constructor(file) {
    this.#file = file;
    const { name } = file;
    this.#element.querySelector("bdi").textContent = name;
    this.#element.querySelector(".meta").textContent = describe(file);
    this.#part("progress").setAttribute("aria-label", `Upload of ${name}`);
    this.#button("cancel", `Cancel ${name}`, () => this.#cancel());
    this.#button("retry", `Retry ${name}`, () => this.#retry());
    this.#button("copy", `Copy object key of ${name}`, () => this.#copy());
    this.#drawTile();
    this.#show("waiting");
    part("items").append(this.#element);
  }

  async upload() {
    const { signal } = (this.#abort = new AbortController());
    this.#onProgress({ loaded: 0, total: 1 });
    this.#show("uploading");
    try {
      const onProgress = (sent) => this.#onProgress(sent);
      const objectKey = await uploadInSession(this.#file, { signal, onProgress });
      this.#show("stored", { objectKey });
    } catch (error) {
      if (signal.aborted) return this.#show("cancelled");
      const hint = await remedyFor(error, this.#file);
      this.#show(isRefusal(error) ? "refused" : "failed", { ...error, message: error.message, hint });
    }
  }

  #part(testId) {
    return part(testId, this.#element);
  }

  #button(testId, label, onClick) {
    this.#part(testId).setAttribute("aria-label", label);
    this.#part(testId).addEventListener("click", onClick);
  }

  #drawTile() {
    const family = FAMILIES[fileTypeOf(this.#file)] ?? "file";
    this.#element.querySelector("use").setAttribute("href", `#icon-${family}`);
    if (family !== "image") return;
    const image = this.#element.querySelector("img");
    const url = URL.createObjectURL(this.#file);
    image.onload = () => {
      image.hidden = false;
      URL.revokeObjectURL(url);
    };
    image.onerror = () => URL.revokeObjectURL(url); // the icon stays
    image.src = url;
  }

  #onProgress({ loaded, total }) {
    const fraction = total ? loaded / total : 0;
    this.#part("progress").value = fraction;
    this.#part("status").textContent =
      fraction < 1 ? `Uploading, ${Math.floor(fraction * 100)} %` : "Sent, waiting for the answer";
  }

  #show(state, { objectKey = "", message = "", hint = "", requestId = "" } = {}) {
    const element = this.#element;
    const focused = document.activeElement; // hiding it may already move the focus
    element.dataset.state = state;
    element.setAttribute("aria-label", `${this.#file.name}: ${LABELS[state]}`);
    if (state !== "uploading") this.#part("status").textContent = LABELS[state];
    this.#part("object-key").textContent = objectKey;
    this.#part("message").textContent = message;
    this.#part("hint").textContent = hint;
    this.#part("request-id").textContent = requestId;

    this.#part("cancel").hidden = !["waiting", "uploading"].includes(state);
    this.#part("retry").hidden = !["failed", "cancelled"].includes(state);
    this.#part("progress").hidden = state !== "uploading";
    element.querySelector(".key").hidden = !objectKey;
    element.querySelector(".problem").hidden = !message;
    element.querySelector(".request").hidden = !requestId;

    // A focused button that disappears would throw the focus back to the top of the page. The item
    // takes it, not the button that appears: a second press of the key must not trigger that one.
    if (element.contains(focused) && focused.closest("[hidden]")) element.focus();

    if (!["waiting", "uploading"].includes(state)) {
      announce(`${this.#file.name}: ${LABELS[state]}. ${message} ${hint}`.trim());
    }
    summarise();
  }

  #cancel() {
    const at = queue.indexOf(this);
    if (at < 0) return this.#abort?.abort();
    queue.splice(at, 1);
    this.#show("cancelled");
  }

  #retry() {
    this.#show("waiting");
    enqueue(this);
  }

  async #copy() {
    const key = this.#part("object-key");
    const button = this.#part("copy");
    try {
      await navigator.clipboard.writeText(key.textContent);
      button.textContent = "Copied";
      announce("Object key copied.");
    } catch { // no permission, or a page that was not loaded securely
      getSelection().selectAllChildren(key);
      button.textContent = "Press Ctrl+C";
      announce("The object key is selected. Press Control C, or Command C, to copy it.");
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }
}

/** The type and size of a file, such as "PNG, 1.2 MB". */
function describe(file) {
  const [unit, divisor] = file.size < 1e3 ? ["byte", 1] : file.size < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: 1 };
  const size = new Intl.NumberFormat("en", format).format(file.size / divisor);
  return [fileTypeOf(file)?.toUpperCase(), size].filter(Boolean).join(", ");
}

/** Counts the files by state, above the list. */
function summarise() {
  const items = [...part("items").children];
  const counts = Object.entries(LABELS).map(([state, label]) => {
    const count = items.filter((item) => item.dataset.state === state).length;
    return count && `${count} ${label.toLowerCase()}`;
  });
  part("summary").textContent = counts.filter(Boolean).join(", ");
}

// --- Ways in: choose, drop, paste ------------------------------------------------------------

function add(files) {
  if (files.length === 0) return;
  document.querySelector(".files").hidden = false;
  announce(files.length === 1 ? "1 file added." : `${files.length} files added.`);
  enqueue(...Array.from(files, (file) => new Item(file)));
}

const input = part("file-input");
input.addEventListener("change", () => {
  add([...input.files]);
  input.value = ""; // so that the same file can be chosen again
});

document.addEventListener("paste", (event) => add([...event.clipboardData.files]));

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const mark = (isOver) => document.body.classList.toggle("dragging", isOver);

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  mark(true);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(false); // out of the window
});
document.addEventListener("drop", (event) => {
  mark(false);
  if (!carriesFiles(event)) return;
  event.preventDefault();
  add([...event.dataTransfer.files]);
});
