// The element's list of files, and what can be done with all of them.

import { fill } from "../language.js";
import { h } from "./dom.js";
import { Item } from "./item.js";

export class List {
  #items = new Map();
  #rows = h("ul", { part: "items", role: "list" });
  #total = h("span", { part: "total" });
  #progress = h("progress", { part: "total-progress", max: 1, "aria-hidden": true });
  #retryAll = this.#button("retry-all", (uploader) => uploader.retryAll());
  #clear = this.#button("clear", (uploader) => uploader.clear());
  #send = this.#button("send", (uploader) => uploader.send());
  #summary = h("div", { part: "summary" }, this.#progress, this.#total, this.#retryAll, this.#clear, this.#send);
  #uploader;

  element = h("div", { part: "list", hidden: true }, this.#rows, this.#summary);

  constructor(uploader) {
    this.#uploader = uploader;
  }

  clear() {
    this.#items.clear();
    this.#rows.replaceChildren();
  }

  /** Draws an upload, or removes it. Returns whether its state is a new one, and what to announce. */
  update(upload, messages, types) {
    const { id, state } = upload;
    const item = this.#items.get(id) ?? new Item(upload);
    const { element } = item;
    const isNews = element.dataset.state !== state;
    if (state === "removed") {
      const focusNext = element.contains(element.getRootNode().activeElement) && (element.nextElementSibling ?? this.#summary);
      element.remove();
      this.#items.delete(id);
      return { isNews, focusNext };
    }
    if (!this.#items.has(id)) this.#rows.append(element);
    this.#items.set(id, item);
    item.render(upload, messages, types);
    return { isNews, sentence: item.sentence };
  }

  /** The next item, if that is one. */
  firstAfter(element) {
    return element.matches("li") ? element : undefined;
  }

  summarize(messages) {
    const { labels } = messages;
    const { uploads } = this.#uploader();
    const count = (states) => uploads.filter(({ state }) => states.test(state)).length;
    const [sent, failed, ready, open] = [/stored/, /failed|cancelled/, /ready/, /waiting|preparing|uploading|offline|retrying/].map(count);
    this.element.hidden = uploads.length === 0;
    if (this.element.hidden) return;
    this.#rows.ariaLabel = labels.files;
    this.#total.textContent = fill(labels.total, { sent, count: uploads.length }, messages);
    this.#progress.value = progressOf(uploads);
    this.#progress.classList.toggle("unseen", !open);
    this.#retryAll.textContent = labels.retry_all;
    this.#retryAll.hidden = failed < 2;
    this.#clear.textContent = labels.clear;
    this.#clear.hidden = open + ready === uploads.length;
    this.#send.textContent = fill(labels.send, { count: ready }, messages);
    this.#send.hidden = ready === 0;
    this.#summary.hidden = uploads.length < 2 && ready === 0;
  }

  #button(part, act) {
    return h("button", {
      part: `button ${part}`, type: "button",
      onclick: () => act(this.#uploader()), onkeydown: (event) => event.repeat && event.preventDefault(),
    });
  }
}

/** How much of all is sent, from 0 to 1, weighted by size. */
function progressOf(uploads) {
  const counted = uploads.filter(({ isRepeatable }) => !isRepeatable);
  const sum = (part) => counted.reduce((sum, upload) => sum + part(upload), 0);
  return sum(({ file, progress }) => file.size * progress) / (sum(({ file }) => file.size) || 1);
}
