// Buttons for the camera and the microphone.

import { adoptSheet, button, fileInput, h, icon, sheetOf } from "./dom.js";
import { canRecord, record } from "./recorder.js";

const ICONS = {
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7",
  voice: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0m-6 6v4",
  stop: "M7 7h10v10H7z",
};

const SHEET = sheetOf(`
.tools { flex: 1; display: flex; flex-wrap: wrap; gap: .5rem; }
.tools:not(:has(> :not([hidden]))) { display: none; }
[part~=tool] { flex: 1; min-height: 2.75rem; min-width: 2.75rem; background: var(--ground); color: var(--muted); }
button:disabled { opacity: .5; }
[data-filled] .tools { flex: none; }
[data-filled] .text { display: none; }
[data-filled] [part~=tool] { flex: none; padding: 0; }
[data-compact] [part~=tool] { border-color: transparent; }
[data-recording] { color: var(--bad); border-color: currentColor !important; }
[data-filled] [data-recording] { padding: 0 .5rem; }
`);

export class Tools {
  #add;
  #notify;
  #labels;
  #photo = fileInput("photo", { accept: "image/*", capture: "environment", hidden: true }, (files) => this.#add(files));
  #camera = button("tool camera", () => this.#photo.click());
  #voice = button("tool voice", () => (this.#stop ? this.#finish() : this.#begin()));
  /** Ends the recording, if there is one. */
  #stop;

  constructor(chooser, add, notify) {
    chooser.append(h("div", { class: "tools" }, this.#photo, this.#camera, this.#voice));
    adoptSheet(chooser, SHEET);
    this.#add = add;
    this.#notify = notify;
  }

  render(labels, { camera, voice }, types, isDisabled) {
    this.#labels = labels;
    for (const control of [this.#photo, this.#camera, this.#voice]) control.disabled = isDisabled;
    // `capture` opens the camera on phones only; elsewhere the button would be a second file chooser.
    this.#camera.hidden = !camera || !types.includes("jpg") || !matchMedia("(pointer: coarse)").matches;
    this.#voice.hidden = !voice || !types.includes("mp4") || !canRecord();
    label(this.#camera, "camera", labels.camera);
    if (!this.#stop) label(this.#voice, "voice", labels.record);
  }

  async #begin() {
    try {
      const stop = await record();
      const begin = Date.now();
      const time = h("span", { "aria-hidden": true }, "0:00");
      const timer = setInterval(() => {
        const seconds = Math.floor((Date.now() - begin) / 1000);
        time.textContent = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, 0)}`;
      }, 250);
      this.#stop = () => {
        clearInterval(timer);
        return stop();
      };
      label(this.#voice, "stop", this.#labels.stop, time);
    } catch {
      this.#notify(this.#labels.no_microphone);
    }
    this.#voice.toggleAttribute("data-recording", !!this.#stop);
  }

  async #finish() {
    const stop = this.#stop;
    this.#stop = undefined;
    this.#voice.toggleAttribute("data-recording", false);
    label(this.#voice, "voice", this.#labels.record);
    this.#add([await stop()]);
  }
}

function label(button, shape, text, ...more) {
  button.ariaLabel = button.title = text;
  button.replaceChildren(icon(ICONS[shape]), h("span", { class: "text" }, text), ...more);
}
