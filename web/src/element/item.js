// One file in the element's list.

import { fill, formatSize, formatWait } from "../language.js";
import { button, h, icon } from "./dom.js";

/** The icons of the states, which differ by shape for people who cannot distinguish the colours. */
const SHAPES = {
  waiting: "clock", preparing: "ring", uploading: "ring", offline: "clock", retrying: "clock",
  stored: "check", refused: "alert", failed: "alert", cancelled: "cross",
};

/** Loaded with the first item. */
let describeError;

/** This many last characters of a name are always shown: the extension and a number. */
const END_LENGTH = 9;

/** The list item of an upload. */
export class Item {
  #upload;
  #badge = h("span", { part: "badge" });
  #status = h("span", { part: "status" });
  #size = h("span", { part: "size" });
  #facts = h("p", { part: "facts" }, this.#status, this.#size);
  #progress = h("progress", { part: "progress", max: 1 });
  #message = h("p", { part: "message" });
  #sendAs = button("send-as", () => this.#upload.sendAs(this.#upload.detectedType));
  #retry = button("retry", () => this.#upload.retry(), icon("retry"));
  #redraw;
  #end = button("end", () => (this.#upload.isUnfinished ? this.#upload.cancel() : this.#upload.remove()), icon("cross"));

  #described = import("../describe-error.js").then((module) => {
    ({ describeError } = module);
    this.#redraw?.();
  }, () => {});

  constructor(upload) {
    this.#upload = upload;
    const { name } = upload.original;
    const thumbnail = h("span", { part: "thumbnail", "aria-hidden": true }, h("span", {}, upload.fileType?.slice(0, 4) ?? ""));
    const letters = [...name];
    this.element = h("li", { part: "item", tabindex: -1, "aria-label": name },
      h("span", { class: "picture" }, thumbnail, this.#badge),
      h("div", { part: "about" },
        h("p", { part: "name", title: name },
          h("bdi", {}, h("span", {}, letters.slice(0, -END_LENGTH).join("")), h("span", {}, letters.slice(-END_LENGTH).join("")))),
        this.#facts, this.#message, this.#sendAs, this.#progress),
      h("div", { part: "actions" }, this.#end, this.#retry));
    import("./thumbnail.js").then(({ drawThumbnail }) => drawThumbnail(thumbnail, upload), () => {}); // Thumbnails are optional.
  }

  /** The sentence that screen readers announce. */
  async sentence() {
    await this.#described;
    return `${this.#upload.original.name}: ${this.#facts.hidden ? this.#message.textContent : this.#status.textContent}`;
  }

  render(upload, messages, types) {
    this.#upload = upload;
    this.#redraw = describeError ? undefined : () => this.render(upload, messages, types);
    const { state, error, progress, original, file, detectedType, retryAt, isUnfinished, isRepeatable } = upload;
    const { labels } = messages;
    const focused = this.element.getRootNode().activeElement; // Hiding it may already move the focus.
    const isNewState = this.element.dataset.state !== state;
    this.element.dataset.state = state;
    const isChecking = state === "uploading" && progress === 1;
    if (isNewState) this.#badge.replaceChildren(...(SHAPES[state] ? [icon(SHAPES[state])] : []));
    this.#badge.classList.toggle("turning", isChecking || state === "preparing");
    if (SHAPES[state] === "ring") {
      const ring = this.#badge.querySelector("path:last-child");
      if (!ring.previousSibling) ring.before(ring.cloneNode()); // the track
      // The circumference is 57, because the radius is 9.
      ring.style.strokeDasharray = `${57 * (isChecking ? 0.7 : Math.max(progress, 0.07))} 57`;
    }

    const retryAfter = Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
    const when = formatWait(retryAfter || 1, messages);
    this.#status.textContent = fill(labels[isChecking ? "checking" : state], { when }, messages);
    const [before, after] = [original, file].map(({ size }) => formatSize(size, messages));
    const size = file === original ? before : fill(labels.made_smaller, { before, after }, messages);
    const percent = new Intl.NumberFormat(messages.language, { style: "percent" }).format(Math.floor(progress * 100) / 100);
    this.#size.textContent = state === "uploading" && !isChecking ? percent : retryAt ? "" : size;
    this.#progress.value = progress;
    this.#progress.ariaLabel = original.name;
    this.#progress.style.visibility = state === "uploading" ? "" : "hidden"; // Its height stays.
    this.#progress.hidden = isRepeatable;

    const options = { isNamed: false, retryAfter, hasAdvice: !detectedType };
    this.#message.textContent = error && isRepeatable ? describeError?.(error, original, messages, types, options) ?? labels[state] : "";
    this.#message.hidden = !this.#message.textContent;
    this.#facts.hidden = !this.#message.hidden;

    this.#label(this.#end, isUnfinished ? labels.cancel : labels.remove);
    this.#label(this.#retry, labels.retry);
    this.#retry.hidden = !isRepeatable || state === "refused";
    this.#sendAs.hidden = !detectedType;
    if (detectedType) this.#label(this.#sendAs, fill(labels.send_as, { type: detectedType.toUpperCase() }, messages));

    // A focused button that disappears would move the focus to the top of the page. Focus
    // the item, not the button that appears: a second press of the key must not trigger that one.
    if (focused?.hidden && this.element.contains(focused)) this.element.focus();
  }

  #label(button, text) {
    if (button === this.#sendAs) button.textContent = text;
    else button.title = text;
    button.ariaLabel = `${text}: ${this.#upload.original.name}`;
  }
}
