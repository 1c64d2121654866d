// The list above a paperclip that stands alone. Loaded if it does.

import { sheetOf } from "./dom.js";

export const SHEET = sheetOf(`
[data-floating] { width: max-content; }
[data-floating] .panel { position: absolute; z-index: 1; bottom: calc(100% + .5rem); inset-inline-start: 0; width: min(22rem, 90vw); }
[data-floating] [part=list] { box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / 18%); }
`);
