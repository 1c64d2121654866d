// One file in the element's list.

import { describeError } from "../describe-error.js";
import { fill, formatSize } from "../language.js";
import { h } from "./dom.js";

/** A larger picture may take more memory to draw than a phone has. */
const LARGEST_THUMBNAIL_BYTES = 20e6;

/** The list item of an upload. */
export class Item {
  #upload;
  #thumbnail = h("span", { part: "thumbnail", "aria-hidden": true });
  #status = h("span", { part: "status" });
  #size = h("span", { part: "size" });
  #progress = h("progress", { part: "progress", max: 1 });
  #message = h("p", { part: "message" });
  #end = this.#button("end", (upload) => (upload.isUnfinished ? upload.cancel() : upload.remove()), "×");
  #retry = this.#button("retry", (upload) => upload.retry());
  #sendAs = this.#button("send-as", (upload) => upload.sendAs(upload.detectedType));
  #actions = h("div", { part: "actions" }, this.#sendAs, this.#retry);

  constructor(upload) {
    this.#upload = upload;
    const { name } = upload.original;
    this.element = h("li", { part: "item", tabindex: -1 },
      this.#thumbnail,
      h("div", { part: "about" },
        h("p", { part: "name" }, h("bdi", {}, name)),
        h("p", { part: "facts" }, this.#status, this.#size),
        this.#progress),
      this.#end,
      this.#message,
      this.#actions);
    this.#drawThumbnail();
  }

  /** What a screen reader is told of it. */
  get sentence() {
    return this.#message.textContent || `${this.#upload.original.name}: ${this.#status.textContent}`;
  }

  render(messages, types) {
    const { state, error, progress, original, file, detectedType, isUnfinished, isRepeatable } = this.#upload;
    const { name } = original;
    const { labels } = messages;
    const focused = this.element.getRootNode().activeElement; // Hiding it may already move the focus.
    this.element.dataset.state = state;
    this.element.setAttribute("aria-label", name);

    this.#status.textContent = labels[state];
    const [before, after] = [original, file].map(({ size }) => formatSize(size, messages));
    this.#size.textContent = file === original ? before : fill(labels.made_smaller, { before, after }, messages);
    this.#progress.hidden = state !== "uploading";
    this.#progress.value = progress;
    this.#progress.setAttribute("aria-label", name);

    this.#message.textContent = error ? describeError(error, original, messages, types) : "";
    this.#message.hidden = !error;

    this.#label(this.#end, isUnfinished ? labels.cancel : labels.remove);
    this.#label(this.#retry, labels.retry);
    this.#retry.hidden = !isRepeatable || state === "refused";
    this.#sendAs.hidden = state !== "refused" || !detectedType;
    this.#actions.hidden = this.#retry.hidden && this.#sendAs.hidden;
    if (detectedType) this.#label(this.#sendAs, fill(labels.send_as, { type: detectedType.toUpperCase() }, messages));

    // A focused button that disappears would throw the focus back to the top of the page. The item
    // takes it, not the button that appears: a second press of the key must not trigger that one.
    if (focused?.hidden && this.element.contains(focused)) this.element.focus();
  }

  #button(part, act, ...children) {
    const onclick = ({ detail }) => {
      if (detail < 2) act(this.#upload); // The second click of a double-click is not meant for what appears.
    };
    return h("button", { part: `button ${part}`, type: "button", onclick }, ...children);
  }

  #label(button, text) {
    if (button === this.#end) button.title = text;
    else button.textContent = text;
    button.setAttribute("aria-label", `${text}: ${this.#upload.original.name}`);
  }

  /** The picture where it is one that this browser shows, else the name's extension. */
  #drawThumbnail() {
    const { original } = this.#upload;
    this.#thumbnail.textContent = this.#upload.fileType?.slice(0, 4) ?? "?";
    if (!original.type.startsWith("image/") || original.size > LARGEST_THUMBNAIL_BYTES) return;
    const url = URL.createObjectURL(original);
    const done = () => URL.revokeObjectURL(url);
    const onload = () => {
      this.#thumbnail.append(image);
      done();
    };
    const image = h("img", { alt: "", decoding: "async", src: url, onload, onerror: done });
  }
}
