// The local gateway's page: both sides of a chat. This module has what they share, and starts them.

import { startCustomer } from "./customer.js";
import { startDesk } from "./desk.js";
import { languages, part, translate } from "./dom.js";
import { setOffline } from "./network.js";

const element = document.querySelector("upload-file-stream");

// --- Language -------------------------------------------------------------------------------

const menu = part("language");

function show(language) {
  menu.value = language;
  translate(language);
  element.lang = language;
}

function firstLanguage() {
  const wanted = [new URLSearchParams(location.search).get("lang"), ...navigator.languages].filter(Boolean);
  const primary = (tag) => tag.split("-")[0];
  const known = languages.map(([language]) => language);
  for (const tag of wanted) {
    const match = known.find((language) => language === tag) ?? known.find((language) => primary(language) === primary(tag));
    if (match) return match;
  }
  return "en";
}

menu.append(...languages.map(([language, name]) => new Option(name, language)));
menu.addEventListener("change", () => {
  history.replaceState(null, "", `?lang=${menu.value}`);
  show(menu.value);
});
show(firstLanguage());

// --- Both sides -----------------------------------------------------------------------------

await customElements.whenDefined("upload-file-stream");
const customer = startCustomer(element);
startDesk(() => customer.userId);

// --- Samples and switches -------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", async () => {
    const response = await fetch(`/samples/${button.dataset.sample}`);
    const content = await response.blob();
    element.uploader.add([new File([content], button.dataset.sample, { type: content.type })]);
  });
}

/** Makes a button a switch that calls `set` with its new state. */
function makeSwitch(button, set) {
  button.addEventListener("click", async () => {
    const isOn = button.ariaPressed !== "true";
    await set(isOn);
    button.ariaPressed = isOn;
  });
}

makeSwitch(part("busy"), (isOn) => fetch("/desk/busy", { method: isOn ? "PUT" : "DELETE" }));
makeSwitch(part("offline"), setOffline);
part("expire").addEventListener("click", () => fetch("/desk/expire-sessions", { method: "POST" }));
