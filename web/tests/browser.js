// What the modules need of a browser, from jsdom: files, XMLHttpRequest, events of the window.

import { JSDOM, VirtualConsole } from "jsdom";

// The console is this one's own: it would tell of each connection that a test breaks off.
const { window } = new JSDOM("", { url: "http://shop.example/", virtualConsole: new VirtualConsole() });

const NAMES = [
  "AbortController", "AbortSignal", "Blob", "CustomEvent", "Event", "EventTarget", "File", "FileReader", "XMLHttpRequest",
  "addEventListener", "dispatchEvent", "location", "removeEventListener",
];
for (const name of NAMES) {
  const value = window[name];
  const isMethodOfWindow = /^[a-z]/.test(name) && typeof value === "function";
  globalThis[name] = isMethodOfWindow ? value.bind(window) : value;
}

let onLine = true;
Object.defineProperty(globalThis, "navigator", { value: { get onLine() { return onLine; }, language: "en" } });

/** Connects or disconnects the browser, as far as scripts are told. */
export function setOnline(isOnline) {
  onLine = isOnline;
  dispatchEvent(new Event(isOnline ? "online" : "offline"));
}

/** Whether leaving the page would be asked about. */
export function asksBeforeUnload() {
  const event = new Event("beforeunload", { cancelable: true });
  dispatchEvent(event);
  return event.defaultPrevented;
}
