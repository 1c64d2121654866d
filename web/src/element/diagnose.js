// Warns the page's developer of configurations that cannot work, and says what to do.

import { familyOf } from "../file-types.js";
import { NUMBERS, numberOf, typesOf } from "./attributes.js";
import { warnOnce } from "../warn.js";

/** Request headers that the gateway's CORS policy allows. */
const ALLOWED_HEADERS = ["authorization", "content-type", "traceparent", "tracestate", "x-app-key"];

/** Warns of attributes that are ignored. */
export function checkAttributes(element) {
  for (const name of NUMBERS) {
    const value = element.getAttribute(name);
    if (value && !numberOf(element, name)) warnOnce(`${name}="${value}" is ignored: write a whole number, such as ${name}="${name === "max-files" ? 5 : 4718592}"`);
  }
  for (const type of typesOf(element) ?? []) {
    if (!familyOf(type)) warnOnce(`"${type}" in types is ignored: use jpg, png, bmp, mp3, aac, mp4, txt or csv`);
  }
}

/** Warns of failures that look like a lost connection but come from the configuration. */
export function explain({ reasonCode, status, token, message }, { endpoint, headers }) {
  if (reasonCode === "invalid_request") warnOnce(`${endpoint ? message : "no endpoint"}: check endpoint, token-url, token and headers`);
  if (reasonCode === "session_unreachable") warnOnce(`no session token: ${message}`);
  if (reasonCode !== "network" || !token || !navigator.onLine) return; // Without a token nothing was sent.
  const { origin, href } = new URL(endpoint, location.href);
  if (status) warnOnce(`${href} responds with status ${status} and no JSON: check endpoint, and proxies in between`);
  else if (origin !== location.origin) {
    const forbidden = [...new Headers(headers).keys()].filter((name) => !ALLOWED_HEADERS.includes(name));
    warnOnce(`no response from ${origin}. If it is running, add ${location.origin} to the gateway's ALLOWED_ORIGINS`
      + (forbidden.length ? `, and do not send ${forbidden.join(", ")}, which its CORS policy forbids` : ""));
  }
}
