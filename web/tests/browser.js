// The browser APIs that the modules use, from jsdom: files, XMLHttpRequest, window events.

import { JSDOM, VirtualConsole } from "jsdom";

// A separate console: the default one prints an error for every connection that a test aborts.
const { window } = new JSDOM("", { url: "http://shop.example/", virtualConsole: new VirtualConsole() });

const NodeAbortController = AbortController;
// Node loads its `fetch` when it is first used, and some versions then keep the AbortSignal that they find.
new Request("http://shop.example/");

const NAMES = [
  "AbortController", "AbortSignal", "Blob", "CustomEvent", "Event", "EventTarget", "File", "FileReader", "XMLHttpRequest",
  "addEventListener", "dispatchEvent", "location", "removeEventListener",
];
for (const name of NAMES) {
  const value = window[name];
  const isMethodOfWindow = /^[a-z]/.test(name) && typeof value === "function";
  globalThis[name] = isMethodOfWindow ? value.bind(window) : value;
}

/** `fetch` of Node, which does not accept the signals of jsdom. */
const nodeFetch = globalThis.fetch;
globalThis.fetch = (url, { signal, ...options } = {}) => {
  const controller = new NodeAbortController();
  signal?.addEventListener("abort", () => controller.abort(signal.reason));
  return nodeFetch(url, { ...options, signal: controller.signal });
};

let onLine = true;
Object.defineProperty(globalThis, "navigator", { value: { get onLine() { return onLine; }, language: "en" } });

/** Sets `navigator.onLine` and fires the matching event. */
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
