// The paperclip, and the list above one that stands alone.

import { adoptSheet, icon, sheetOf } from "./dom.js";

const CLIP = "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L9.8 17.300a1.7 1.7 0 0 1-2.4-2.400L15 7.5";

const SHEET = sheetOf(`
[data-compact] [part=plus] svg:not(:last-child), :not([data-compact]) > .bar [part=plus] svg:nth-child(3) { display: none; }
[data-compact] [part=plus] svg:last-child { display: block; }
[data-floating] { width: max-content; }
[data-floating] .panel { position: absolute; z-index: 1; bottom: calc(100% + .5rem); inset-inline-start: 0; width: min(22rem, 90vw); }
[data-floating] [part=list] { box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / 18%); }
`);

/** Adds the paperclip to a chooser, whose plus it replaces. */
export function addClip(chooser) {
  adoptSheet(chooser, SHEET);
  const plus = chooser.querySelector("[part=plus]");
  if (!plus.children[2]) plus.append(icon(CLIP));
}
