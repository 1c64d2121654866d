// Buttons for the camera and the microphone.

import { fileInput, h, icon } from "./dom.js";
import { canRecord, record } from "./recorder.js";

export class Tools {
  #add;
  #tell;
  #labels;
  #photo = fileInput("photo", { accept: "image/*", capture: "environment", hidden: true }, (files) => this.#add(files));
  #camera = button("camera", () => this.#photo.click());
  #voice = button("voice", () => (this.#stop ? this.#finish() : this.#begin()));
  /** Ends the recording, if there is one. */
  #stop;

  element = h("div", { class: "tools" }, this.#photo, this.#camera, this.#voice);

  constructor(add, tell) {
    this.#add = add;
    this.#tell = tell;
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
      this.#tell(this.#labels.no_microphone);
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

const button = (part, onclick) => h("button", { part: `button tool ${part}`, type: "button", onclick });

function label(button, shape, text, ...more) {
  button.ariaLabel = button.title = text;
  button.replaceChildren(icon(shape), h("span", { class: "text" }, text), ...more);
}
