// The sum of all files of the list, and buttons for all of them. Loaded when there are several, or files to review.

import { fill } from "../language.js";
import { adoptSheet, button, h, sheetOf } from "./dom.js";

const SHEET = sheetOf(`
[part=summary] {
  position: relative; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; min-height: 2.75rem; padding: .25rem .625rem;
  border-top: 1px solid var(--line);
}
[part=total] { flex: 1; color: var(--muted); font-size: .8125em; font-variant-numeric: tabular-nums; }
[part=total-progress] { position: absolute; top: -1px; inset-inline: 0; width: 100%; border-radius: 0; }
:is([part~=clear], [part~=retry-all]) { border-color: transparent; color: var(--accent); }
[part~=send] { border-color: transparent; background: var(--accent); color: var(--ground); }
[part~=send]:hover { background: color-mix(in srgb, var(--accent) 85%, var(--ink)); }
`);

export class Summary {
  #total = h("span", { part: "total" });
  #progress = h("progress", { part: "total-progress", max: 1, "aria-hidden": true });
  #retryAll;
  #clear;
  #send;

  constructor(list, uploader) {
    this.#retryAll = button("retry-all", () => uploader().retryAll());
    this.#clear = button("clear", () => uploader().clear());
    this.#send = button("send", () => uploader().send());
    this.element = h("div", { part: "summary" }, this.#progress, this.#total, this.#retryAll, this.#clear, this.#send);
    list.append(this.element);
    adoptSheet(list, SHEET);
  }

  render(uploads, messages) {
    const { labels } = messages;
    const count = (states) => uploads.filter(({ state }) => states.test(state)).length;
    const [sent, failed, ready, open] = [/stored/, /failed|cancelled/, /ready/, /waiting|preparing|uploading|offline|retrying/].map(count);
    this.#total.textContent = fill(labels.total, { sent, count: uploads.length }, messages);
    this.#progress.value = progressOf(uploads);
    this.#progress.hidden = open < 2; // One file shows its own.
    this.#retryAll.textContent = labels.retry_all;
    this.#retryAll.hidden = failed < 2;
    this.#clear.textContent = labels.clear;
    this.#clear.hidden = open + ready === uploads.length;
    this.#send.textContent = fill(labels.send, { count: ready }, messages);
    this.#send.hidden = ready === 0;
    this.element.hidden = uploads.length < 2 && ready === 0;
  }
}

/** A request takes the time of so many bytes: small files count too. */
const REQUEST_BYTES = 1e5;

/** How much of all is sent, from 0 to 1. */
function progressOf(uploads) {
  const counted = uploads.filter(({ isRepeatable }) => !isRepeatable);
  const sum = (part) => counted.reduce((sum, upload) => sum + (upload.file.size + REQUEST_BYTES) * part(upload), 0);
  return sum(({ progress }) => progress) / (sum(() => 1) || 1);
}

/** Sums up the news of several files, each with its state and sentence. */
export async function sumUp(news, messages) {
  const count = (states) => news.filter(([state]) => states.test(state)).length;
  const sums = [["sent", count(/stored/)], ["not_sent", count(/refused|failed|cancelled/)]].filter(([, count]) => count);
  const texts = sums.map(([label, count]) => fill(messages.labels[label], { count }, messages));
  const [, delayed] = news.find(([state]) => /offline|retrying/.test(state)) ?? [];
  return [...texts, await delayed].join(" ").trim();
}
