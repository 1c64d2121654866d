// <upload-file-stream>: choose, drop, paste or record files, and follow their uploads.

import { ALL_TYPES, FAMILIES, familyOf } from "../file-types.js";
import { english, fill, formatNames, messagesFor } from "../language.js";
import { UploadError } from "../upload-error.js";
import { createUploader } from "../uploader.js";
import { Announcer } from "./announcer.js";
import { ATTRIBUTES, BOOLEANS, hasMistakes, numberOf, reflect, typesOf, upgrade } from "./attributes.js";
import { Chooser } from "./chooser.js";
import { h } from "./dom.js";
import { List } from "./list.js";
import { sheet } from "./style.js";
import { listenForFiles } from "./transfer.js";
import { languageOf, onLanguageChange } from "./translation.js";

/** The limit for folders, and for choices without `max-files`. */
const MAX_FILES = 100;

/** On a server, where there is no HTMLElement, the module can be imported and does nothing. */
export class UploadFileStreamElement extends (globalThis.HTMLElement ?? Object) {
  static formAssociated = true;
  static observedAttributes = ATTRIBUTES;

  #internals = this.attachInternals();
  #messages = english;
  #announcer = new Announcer();
  #notice = h("p", { part: "notice", hidden: true });
  #list = new List(() => this.#uploader);
  #chooser = new Chooser((files) => this.#add(files));
  #tools;
  #slot = h("slot", { onslotchange: () => this.#render() });
  #bar = h("div", { class: "bar" }, this.#chooser.element, this.#slot);
  #panel = h("div", { class: "panel" }, this.#notice, this.#list.element);
  #root = h("div", { part: "root" }, this.#bar, this.#panel, this.#announcer.element);
  #connection;
  #headers;
  /** The gateway's own limits, if they are known. */
  #limits;
  #value = "";
  #clock;
  #unlisten;
  #uploader;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open", delegatesFocus: true });
    shadow.adoptedStyleSheets = [sheet()];
    shadow.append(this.#root);
    this.uploader = createUploader(this.#options());
    this.#listen(this);
  }

  /** The queue behind it. A page may set another one, which outlives the element. */
  get uploader() {
    return this.#uploader;
  }

  set uploader(uploader) {
    if (!uploader || uploader === this.#uploader) return;
    this.#unlisten?.abort();
    const { signal } = (this.#unlisten = new AbortController());
    this.#uploader = uploader;
    uploader.addEventListener("change", ({ detail }) => this.#onUploadChange(detail), { signal });
    uploader.addEventListener("skipped", ({ detail }) => this.#onSkipped(detail), { signal });
    this.#list.clear();
    for (const upload of uploader.uploads) this.#draw(upload);
    this.#render();
  }

  /** Gets a session token. By default by a POST to `token-url`; pages may set another function. */
  async getToken({ signal } = {}) {
    const url = this.tokenUrl;
    if (!url) throw new UploadError("invalid_request", { message: "token-url is missing" });
    const response = await fetch(url, { method: "POST", signal });
    if (/^40[13]$/.test(response.status)) return undefined;
    if (response.ok) return (await response.json()).token;
    throw new UploadError("session_unreachable", { message: `${url} responds with status ${response.status}`, retryable: true });
  }

  // --- Attributes and properties -------------------------------------------------------------

  /** Additional request headers, as for `fetch`; as an attribute, JSON. */
  get headers() {
    try {
      return this.#headers ?? JSON.parse(this.getAttribute("headers") ?? undefined);
    } catch {
      return undefined;
    }
  }

  set headers(headers) {
    this.#headers = headers;
  }

  get types() {
    return this.#uploader.options.types ?? ALL_TYPES;
  }

  set types(types) {
    if (types == null) this.removeAttribute("types");
    else this.setAttribute("types", [types].flat().join(" "));
  }

  /** The object keys of the stored files, with commas between them. As of a file input, only "" can be set. */
  get value() {
    return this.#value;
  }

  set value(value) {
    if (!value) this.formResetCallback();
  }

  get form() { return this.#internals.form; }
  get validity() { return this.#internals.validity; }
  get validationMessage() { return this.#internals.validationMessage; }
  checkValidity() { return this.#internals.checkValidity(); }
  reportValidity() { return this.#internals.reportValidity(); }

  get #isDisabled() {
    return this.matches(":disabled"); // also by a fieldset
  }

  /** Read again by each upload, so that a changed attribute takes effect at once. */
  #options() {
    const element = this;
    const limitOf = (family) => numberOf(element, `max-${family}-bytes`) ?? element.#limits?.[family];
    return {
      skipDuplicates: true,
      getToken: (options) => this.getToken(options),
      onToken: (token) => this.dispatchEvent(new CustomEvent("token", { detail: token })),
      beforeAdd: (file, options) => this.beforeAdd?.(file, options),
      get chat() { return element.chat; },
      get endpoint() { return element.endpoint || element.chat?.endpoint; },
      get headers() { return element.headers; },
      get limits() { return { ...element.#limits, ...Object.fromEntries(FAMILIES.map((family) => [family, limitOf(family)])) }; },
      get maxFiles() { return element.maxFiles ?? MAX_FILES; },
      get review() { return element.review; },
      get shrinkPhotos() { return element.shrinkPhotos; },
      get types() { return typesOf(element)?.filter(familyOf); },
    };
  }

  // --- Life ----------------------------------------------------------------------------------

  connectedCallback() {
    upgrade(this, UploadFileStreamElement.prototype);
    this.#connect();
    this.#translate();
    if (this.remember) this.#remember();
  }

  disconnectedCallback() {
    this.#connection.abort();
    clearTimeout(this.#clock);
  }

  attributeChangedCallback(name, before, value) {
    // React 18 and Vue write the attribute disabled="false" for the property `disabled={false}`.
    if (value === "false" && BOOLEANS.includes(name)) return this.removeAttribute(name);
    if (!this.isConnected || before === value) return;
    if (/area|whole-page|endpoint/.test(name)) this.#connect();
    if (name === "lang") this.#translate();
    else this.#render();
  }

  formDisabledCallback() {
    this.#render();
  }

  formResetCallback() {
    for (const { remove } of this.#uploader.uploads) remove();
  }

  /** Listens outside of the element, for as long as it is in the page. */
  #connect() {
    this.#connection?.abort();
    const { signal } = (this.#connection = new AbortController());
    onLanguageChange(this, () => this.#translate(), signal);
    import("./seen.js").then(({ limitsWhenSeen }) => limitsWhenSeen(this, signal, (limits) => {
      this.#limits = limits;
      this.#render();
    }), () => {});
    const area = this.wholePage ? document : this.area && (this.closest(this.area) ?? document.querySelector(this.area));
    if (area) this.#listen(area, signal);
  }

  #listen(target, signal) {
    listenForFiles(target, {
      add: (files) => this.#add(files),
      mark: (isOver) => this.#mark(target, isOver),
      isDisabled: () => this.#isDisabled,
      limit: () => this.#uploader.options.maxFiles ?? Infinity,
    }, signal);
  }

  /** Covers the area that files are dragged over. */
  #mark(target, isOver) {
    if (isOver === this.#root.hasAttribute("data-over")) return;
    this.#root.toggleAttribute("data-over", isOver);
    import("./overlay.js").then(({ cover }) => {
      const area = this.#root.hasAttribute("data-over") && (target === document ? document.documentElement : target);
      cover(this.shadowRoot, area, this.#messages.labels.drop_here);
    }, () => {});
  }

  // --- Display -------------------------------------------------------------------------------

  async #translate() {
    const language = languageOf(this);
    const messages = await messagesFor(language);
    if (language !== languageOf(this)) return; // It has changed meanwhile.
    this.#messages = messages;
    this.#render();
  }

  #fill(label, values) {
    return fill(this.#messages.labels[label], values, this.#messages);
  }

  #render() {
    if (!this.isConnected) return;
    if (hasMistakes(this)) import("./diagnose.js").then(({ checkAttributes }) => checkAttributes(this), () => {});
    const { limits = this.#limits, shrinkPhotos, review } = this.#uploader.options;
    // Loaded early: browsers do not load a module again that failed to load while they were offline.
    if (shrinkPhotos) import("../shrink-photo.js").catch(() => {});
    if (review) import("./summary.js").catch(() => {});
    const { language, direction } = this.#messages;
    this.#root.lang = language;
    this.#root.dir = direction;
    // In the order in which they are seen, for the Tab key.
    if ((this.#root.firstChild === this.#panel) !== this.compact) this.#root.prepend(this.compact ? this.#panel : this.#bar);
    this.#root.toggleAttribute("data-compact", this.compact);
    this.#root.toggleAttribute("data-floating", this.compact && !this.#slot.assignedElements()[0]);
    if (this.compact) import("./compact.js").then(({ addClip }) => addClip(this.#chooser.element), () => {});
    this.#chooser.render(this.#messages, {
      types: this.types, limits, shrinkPhotos, conversions: this.#limits?.conversions, isDisabled: this.#isDisabled,
    });
    if (this.camera || this.voice) this.#renderTools();
    for (const upload of this.#uploader.uploads) this.#draw(upload);
    this.#summarize();
  }

  /** Loads the camera and microphone buttons only if they are enabled. */
  #renderTools() {
    import("./tools.js").then(({ Tools }) => {
      this.#tools ??= new Tools(this.#chooser.element, (files) => this.#add(files), (text) => this.#notify(text));
      this.#tools.render(this.#messages.labels, this, this.types, this.#isDisabled);
    }, () => {});
  }

  #draw(upload) {
    return this.#list.update(upload, this.#messages, this.types);
  }

  #summarize() {
    this.#list.summarize(this.#messages);
    const isFilled = this.compact || this.#uploader.uploads.length > 0;
    this.#root.toggleAttribute("data-filled", isFilled);
    this.#chooser.showMore(isFilled);
    this.#updateForm();
    clearTimeout(this.#clock);
    if (this.#uploader.uploads.some(({ retryAt }) => retryAt > Date.now())) this.#clock = setTimeout(() => this.#render(), 1000);
  }

  /** Names the files that were unfinished when the page was reloaded. */
  #remember() {
    import("./memory.js").then(({ unfinishedFiles }) => {
      const files = unfinishedFiles(this, () => this.#uploader.uploads, this.#connection.signal);
      if (files.length) this.#notify(this.#fill("interrupted", { names: formatNames(files, this.#messages) }));
    }, () => {});
  }

  /** Shows a sentence until the next files are added, and announces it. */
  #notify(text, before = "") {
    this.#notice.textContent = `${before} ${text}`.trim();
    this.#notice.hidden = !text;
    if (text) this.#announcer.say(text);
  }

  // --- Uploads -------------------------------------------------------------------------------

  #add(files) {
    if (!files.length) return;
    this.#notify("");
    const { length } = this.#uploader.add(files);
    if (length) this.#announcer.say(this.#fill("added", { count: length }));
  }

  #onSkipped({ reasonCode, files }) {
    const names = formatNames(files, this.#messages);
    this.#notify(this.#fill(reasonCode, { names, max: this.#uploader.options.maxFiles }), this.#notice.textContent);
  }

  #onUploadChange(upload) {
    const { state, error } = upload;
    const { isNewState, item, hadFocus, next } = this.#draw(upload);
    if (hadFocus) (next ?? this.#chooser).focus();
    this.#summarize();
    const fire = (type) => this.dispatchEvent(new CustomEvent(type, { detail: upload, bubbles: true, composed: true }));
    if (!isNewState) return fire("upload-progress");
    if (error) import("./diagnose.js").then(({ explain }) => explain(error, this.#uploader.options), () => {});
    const isBusy = () => this.#uploader.uploads.some(({ isUnfinished }) => isUnfinished);
    if (/stored|refused|failed|cancelled|offline|retrying/.test(state)) this.#announcer.note(state, item, isBusy, this.#messages);
    fire(`upload-${state}`);
  }

  /** Sets the form field's value to the object keys of the stored files. */
  #updateForm() {
    const { uploads } = this.#uploader;
    const keys = uploads.filter(({ state }) => state === "stored").map(({ objectKey }) => objectKey);
    const data = new FormData();
    for (const key of this.name ? keys : []) data.append(this.name, key);
    this.#internals.setFormValue(data);
    const { unfinished, unsent, required } = this.#messages.labels;
    const customError = uploads.some(({ isUnfinished }) => isUnfinished);
    const valueMissing = this.required && keys.length === 0;
    const text = uploads.some(({ state }) => state === "ready") ? unsent : customError ? unfinished : valueMissing ? required : "";
    this.#internals.setValidity({ customError, valueMissing }, text, this.#chooser.input);
    if (keys.join() === this.#value) return;
    this.#value = keys.join();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

reflect(Object.assign(UploadFileStreamElement.prototype, {
  /** Decides about each chosen file, as `beforeAdd` of `createUploader`. */
  beforeAdd: undefined,
  /** A chat of `createChat`, which then sends what is uploaded. */
  chat: undefined,
}));
