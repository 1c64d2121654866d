// The gateway's limits, for an element that is seen.

import { limitsOf } from "../limits.js";

/**
 * Calls `listener` with the gateway's limits, if it returns any. It is not asked before the element is seen, because
 * most customers never open the chat.
 */
export function limitsWhenSeen(element, signal, listener) {
  let isAsked = false;
  const ask = async () => {
    const { endpoint } = element.uploader.options;
    if (!endpoint || isAsked) return;
    isAsked = true;
    const limits = await limitsOf(endpoint);
    if (limits && !signal.aborted) listener(limits);
  };
  const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && ask());
  signal.addEventListener("abort", () => observer.disconnect());
  if (!signal.aborted) observer.observe(element);
  // A page may set the endpoint later, as that of a chat.
  for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, ask, { signal });
}
