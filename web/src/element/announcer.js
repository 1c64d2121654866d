// Announces to screen readers what happens to files, without moving the focus.

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
  note(state, item, isBusy, messages) {
    this.#news.push([state, item.sentence()]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#announce(isBusy(), messages), GATHERING_MS);
  }

  async #announce(isBusy, messages) {
    const due = this.#news.filter(([state]) => !isBusy || state !== "stored");
    this.#news = this.#news.filter((news) => !due.includes(news));
    if (!due.length) return;
    const { sumUp = join } = due[1] ? await import("./summary.js").catch(() => ({})) : {};
    this.say(await sumUp(due, messages));
  }
}

const join = async (news) => (await Promise.all(news.map(([, sentence]) => sentence))).join(" ");
