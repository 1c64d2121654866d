// <upload-file-stream>: choose, drop or paste files, and see what becomes of them.

import { ALL_TYPES, acceptOf, familyOf } from "../file-types.js";
import { english, fill, formatTypes, formatSize, messagesFor } from "../language.js";
import { limitOf } from "../precheck.js";
import { createUploader } from "../uploader.js";
import { Announcer } from "./announcer.js";
import { h } from "./dom.js";
import { Item } from "./item.js";
import { sheet } from "./style.js";

const FAMILIES = ["image", "audio", "video", "text"];

export class UploadFileStreamElement extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["disabled", "lang", "required", "types", ...FAMILIES.map((family) => `max-${family}-bytes`)];

  #internals = this.attachInternals();
  #messages = english;
  #items = new Map();
  #announcer = new Announcer();
  #input = h("input", { type: "file", multiple: true, class: "hidden", part: "input", onchange: () => this.#onChosen() });
  #choose = h("span", { part: "choose" });
  #ways = h("span", { part: "ways" });
  #limits = h("span", { part: "limits" });
  #list = h("ul", { part: "items", role: "list", hidden: true });
  #root = h("div", { part: "root" },
    h("label", { part: "drop" }, this.#input, h("span", { part: "plus", "aria-hidden": true }, "+"), this.#choose, this.#ways, this.#limits),
    this.#list, this.#announcer.element);
  #pageListeners;

  #uploader = createUploader(this.#options());

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open", delegatesFocus: true });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.#root);
    this.#uploader.addEventListener("change", ({ detail }) => this.#onUploadChange(detail));
    this.#listen(this);
  }

  /** The queue behind it: `add(files)`, `uploads`, and the session's newest `token`. */
  get uploader() {
    return this.#uploader;
  }

  /** Gets a session token. Pages that have other ways set a function of their own. */
  async getToken() {
    const response = await fetch(this.getAttribute("token-url"), { method: "POST" });
    return (await response.json()).token;
  }

  connectedCallback() {
    this.#pageListeners = new AbortController();
    if (this.hasAttribute("whole-page")) this.#listen(document, this.#pageListeners);
    this.#translate();
  }

  disconnectedCallback() {
    this.#pageListeners.abort();
  }

  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === "lang") this.#translate();
    else this.#render();
  }

  formDisabledCallback() {
    this.#render();
  }

  formResetCallback() {
    for (const upload of this.#uploader.uploads) upload.remove();
  }

  get #types() {
    return this.getAttribute("types")?.toLowerCase().split(/[\s,]+/).filter(familyOf) ?? ALL_TYPES;
  }

  get #maxBytes() {
    return Object.fromEntries(FAMILIES.map((family) =>
      [family, parseInt(this.getAttribute(`max-${family}-bytes`)) || undefined]));
  }

  /** Read by each upload anew, so that an attribute counts from when it is set. */
  #options() {
    const element = this;
    return {
      getToken: () => this.getToken(),
      onToken: (token) => this.dispatchEvent(new CustomEvent("token", { detail: token })),
      get endpoint() { return element.getAttribute("endpoint"); },
      get headers() { return element.headers; },
      get limits() { return element.#maxBytes; },
      get shrinkPhotos() { return element.hasAttribute("shrink-photos"); },
      get types() { return element.#types; },
    };
  }

  async #translate() {
    const language = this.closest("[lang]")?.lang;
    const messages = await messagesFor(language ?? navigator.language);
    if (language !== this.closest("[lang]")?.lang) return; // It has changed meanwhile.
    this.#messages = messages;
    this.#render();
  }

  #render() {
    const { labels, language, direction } = this.#messages;
    const isDisabled = this.matches(":disabled");
    this.#root.lang = language;
    this.#root.dir = direction;
    this.#input.disabled = isDisabled;
    this.#input.accept = acceptOf(this.#types);
    this.#choose.textContent = labels.choose;
    this.#ways.textContent = labels.drop;
    this.#limits.textContent = this.#limitLines().join("\n");
    this.#list.ariaLabel = labels.files;
    for (const item of this.#items.values()) item.render(this.#messages, this.#types);
    this.#updateForm();
  }

  /** One line for all types with the same limit. */
  #limitLines() {
    const byLimit = new Map();
    for (const type of this.#types) {
      const limit = limitOf(type, this.#maxBytes);
      byLimit.set(limit, [...(byLimit.get(limit) ?? []), type]);
    }
    return [...byLimit].map(([limit, types]) => {
      const size = formatSize(limit, this.#messages, Math.floor);
      return fill(this.#messages.labels.limit, { types: formatTypes(types, this.#messages), size }, this.#messages);
    });
  }

  // --- Ways in: choose, drop, paste ----------------------------------------------------------

  #onChosen() {
    this.#add([...this.#input.files]);
    this.#input.value = ""; // so that the same file can be chosen again
  }

  #listen(target, { signal } = {}) {
    const mark = (isOver) => this.#root.toggleAttribute("data-over", isOver);
    const on = (type, listener) => target.addEventListener(type, (event) => {
      const data = event.dataTransfer ?? event.clipboardData;
      if (event.defaultPrevented || !data?.types.includes("Files") || this.matches(":disabled")) return;
      event.preventDefault();
      listener(data, event);
    }, { signal });
    on("dragover", (data) => {
      data.dropEffect = "copy";
      mark(true);
    });
    on("dragleave", (_, { relatedTarget }) => mark(relatedTarget !== null && target.contains(relatedTarget)));
    on("drop", ({ files }) => {
      mark(false);
      this.#add(files);
    });
    on("paste", ({ files }) => this.#add(files));
  }

  #add(files) {
    const { length } = this.#uploader.add(files);
    if (length) this.#announcer.say(fill(this.#messages.labels.added, { count: length }, this.#messages));
  }

  // --- What becomes of them ------------------------------------------------------------------

  #onUploadChange(upload) {
    const { state } = upload;
    const item = this.#items.get(upload) ?? new Item(upload);
    const isNews = item.element.dataset.state !== state;
    if (state === "removed") this.#remove(upload, item);
    else {
      if (!this.#items.has(upload)) this.#list.append(item.element);
      this.#items.set(upload, item);
      item.render(this.#messages, this.#types);
    }
    this.#list.hidden = this.#items.size === 0;
    if (!isNews) return; // progress
    this.#updateForm();
    const isBusy = this.#uploader.uploads.some(({ isUnfinished }) => isUnfinished);
    if (!upload.isUnfinished && state !== "removed") this.#announcer.ended(upload, item.sentence, isBusy, this.#messages);
    const options = { detail: upload, bubbles: true, composed: true };
    this.dispatchEvent(new CustomEvent(`upload-${state}`, options));
  }

  #remove(upload, item) {
    const hadFocus = item.element.contains(this.shadowRoot.activeElement);
    const next = item.element.nextElementSibling ?? this.#input;
    item.element.remove();
    this.#items.delete(upload);
    if (hadFocus) next.focus();
  }

  /** In a form it stands for the object keys of its stored files. */
  #updateForm() {
    const name = this.getAttribute("name");
    const { uploads } = this.#uploader;
    const keys = uploads.filter(({ state }) => state === "stored").map(({ objectKey }) => objectKey);
    const data = new FormData();
    for (const key of name ? keys : []) data.append(name, key);
    this.#internals.setFormValue(data);
    const { unfinished, required } = this.#messages.labels;
    const customError = uploads.some(({ isUnfinished }) => isUnfinished);
    const valueMissing = this.hasAttribute("required") && keys.length === 0;
    this.#internals.setValidity({ customError, valueMissing }, customError ? unfinished : valueMissing ? required : "", this.#input);
  }
}
