// The language of an element, and when it changes.

import { languageListeners } from "../language.js";

/** The language of the nearest ancestor that has one, also outside of shadow roots. */
export function languageOf(element) {
  for (let node = element; node; node = node.getRootNode().host) {
    const language = node.closest("[lang]")?.lang;
    if (language) return language;
  }
  return navigator.language;
}

/** Calls `listener` when the language of an element may have changed, or a language is added. */
export function onLanguageChange(element, listener, signal) {
  const observer = new MutationObserver(listener);
  for (let node = element; node; node = node.getRootNode().host) {
    observer.observe(node.getRootNode(), { subtree: true, attributeFilter: ["lang"] });
  }
  languageListeners.add(listener);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    languageListeners.delete(listener);
  });
}
