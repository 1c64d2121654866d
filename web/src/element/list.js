// The element's list of files.

import { h } from "./dom.js";
import { Item } from "./item.js";

export class List {
  #items = new Map();
  #rows = h("ul", { part: "items", role: "list" });
  #summary;
  #uploader;

  element = h("div", { part: "list", hidden: true }, this.#rows);

  constructor(uploader) {
    this.#uploader = uploader;
  }

  clear() {
    this.#items.clear();
    this.#rows.replaceChildren();
  }

  /**
   * Draws an upload, or removes it. Returns whether its state is a new one, and the item; of a removed one, whether
   * it had the focus and the item after it.
   */
  update(upload, messages, types) {
    const { id, state } = upload;
    const item = this.#items.get(id) ?? new Item(upload);
    const { element } = item;
    const isNewState = element.dataset.state !== state;
    if (state === "removed") {
      const next = element.nextElementSibling;
      const hadFocus = element.contains(element.getRootNode().activeElement);
      element.remove();
      this.#items.delete(id);
      return { isNewState, hadFocus, next };
    }
    if (!this.#items.has(id)) this.#rows.append(element);
    this.#items.set(id, item);
    item.render(upload, messages, types);
    return { isNewState, item };
  }

  async summarize(messages) {
    const { uploads } = this.#uploader();
    this.element.hidden = !uploads.length;
    this.#rows.ariaLabel = messages.labels.files;
    if (!this.#summary && !uploads[1] && uploads[0]?.state !== "ready") return;
    const { Summary } = await import("./summary.js").catch(() => ({}));
    this.#summary ??= Summary && new Summary(this.element, this.#uploader);
    this.#summary?.render(this.#uploader().uploads, messages);
  }
}
