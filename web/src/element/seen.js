// The gateway's limits, for an element that is seen.

import { fetchLimits } from "../limits.js";

/**
 * Calls `listener` with the gateway's limits, if it returns any. It is not asked before the element is seen, because
 * most customers never open the chat.
 */
export function limitsWhenSeen(element, signal, listener) {
  const observer = new IntersectionObserver(async (entries) => {
    const { endpoint } = element.uploader.options;
    if (!endpoint || !entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    const limits = await fetchLimits(endpoint);
    if (limits && !signal.aborted) listener(limits);
  });
  signal.addEventListener("abort", () => observer.disconnect());
  if (!signal.aborted) observer.observe(element);
}
