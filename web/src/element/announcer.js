// Tells screen readers what has become of files, without moving the focus.

import { fill } from "../language.js";
import { h } from "./dom.js";

const GATHERING_MS = 300;

/** A live region. What happens to many files is told in one sentence. */
export class Announcer {
  element = h("div", { role: "log", class: "hidden", part: "announcements" });
  #ended = [];
  #timer;

  say(text) {
    this.element.append(h("p", {}, text));
  }

  /** Notes what has become of an upload. All are told together when nothing is under way. */
  ended({ state }, sentence, isBusy, messages) {
    this.#ended.push([state, sentence]);
    clearTimeout(this.#timer);
    if (!isBusy) this.#timer = setTimeout(() => this.#tell(messages), GATHERING_MS);
  }

  #tell(messages) {
    const ended = this.#ended.splice(0);
    const sent = ended.filter(([state]) => state === "stored").length;
    const counts = Object.entries({ sent, not_sent: ended.length - sent }).filter(([, count]) => count);
    const sentences = counts.map(([label, count]) => fill(messages.labels[label], { count }, messages));
    this.say(ended.length === 1 ? ended[0][1] : sentences.join(" "));
  }
}
