// Announces to screen readers what happens to files, without moving the focus.

import { fill } from "../language.js";
import { h } from "./dom.js";

const GATHERING_MS = 300;

/** A live region. Simultaneous changes of several files are announced in one sentence. */
export class Announcer {
  element = h("div", { role: "log", class: "hidden", part: "announcements" });
  #news = [];
  #timer;

  say(text) {
    this.element.append(h("p", {}, text));
  }

  /**
   * Records the new state of an upload. Problems are announced at once, because the customer may have to
   * act; sent files are announced when no upload is in progress any more.
   */
  note(state, sentence, isBusy, messages) {
    this.#news.push([state, sentence]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(isBusy(), messages), GATHERING_MS);
  }

  #tell(isBusy, messages) {
    const { labels } = messages;
    const told = this.#news.filter(([state]) => !isBusy || state !== "stored");
    this.#news = this.#news.filter((news) => !told.includes(news));
    if (told.length < 2) return told.forEach(([, sentence]) => this.say(sentence));
    const count = (states) => told.filter(([state]) => states.test(state)).length;
    const sums = [["sent", count(/stored/)], ["not_sent", count(/refused|failed|cancelled/)]].filter(([, count]) => count);
    const delayed = told.find(([state]) => /offline|retrying/.test(state));
    this.say([...sums.map(([label, count]) => fill(labels[label], { count }, messages)), ...(delayed ? [delayed[1]] : [])].join(" "));
  }
}
