// The element's style. Pages change it with CSS variables on the element, and with its parts.

import { sheetOf } from "./dom.js";

let shared;

/** The style sheet, which all elements of a page share. It is created lazily, because servers have no style sheets. */
export const sheet = () => (shared ??= sheetOf(CSS));

const CSS = `
:host {
  display: block;
  --ground: light-dark(#fff, #1a201e);
  --ink: light-dark(#1b2422, #e7ecea);
  --muted: light-dark(#57635f, #a3b0ab);
  --accent: light-dark(#0b6a5b, #63c9b5);
  --bad: light-dark(#a8321f, #f39a8b);
  --radius: .75rem;
  --thumbnail: 3.5rem;
  --list-height: 40vh;
  --tint: color-mix(in srgb, var(--accent) 8%, var(--ground));
  --line: color-mix(in srgb, var(--ink) 16%, var(--ground));
  color: var(--ink);
  line-height: 1.3;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p, ul { margin: 0; padding: 0; }
.hidden, [data-compact] [part=drop] span:not([part=plus]) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible, [part=drop]:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { width: 1.5rem; height: 1.5rem; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }

[part=root] { position: relative; display: grid; grid-template-columns: minmax(0, 1fr); gap: .625rem; }
.chooser { display: flex; flex-wrap: wrap; gap: .5rem; }
[part=drop] {
  position: relative; flex: 1 0 100%; display: grid; justify-items: center; gap: .125rem; padding: 1.25rem 1rem; text-align: center;
  border: 1.5px dashed color-mix(in srgb, var(--muted) 70%, var(--ground)); border-radius: var(--radius);
  background: var(--ground); color: var(--muted); cursor: pointer;
}
[part=drop]:has(:disabled) { opacity: .5; cursor: default; }
[part=plus] { display: grid; place-items: center; width: 3rem; height: 3rem; margin-bottom: .375rem; border-radius: 50%; background: var(--tint); color: var(--accent); }
[part=plus] svg:nth-child(2), [data-filled] [part=plus] svg:first-child { display: none; }
[part=choose] { color: var(--accent); font-weight: 600; }
[part=ways], [part=limits] { font-size: .8125em; }
[part=limits] { margin-top: .25rem; white-space: pre-line; text-wrap: balance; }

[data-filled] [part=drop] { flex: 1; display: flex; align-items: center; gap: .5rem; min-height: 2.75rem; padding: 0 .75rem; }
[data-filled] [part=plus] { width: auto; height: auto; margin: 0; background: none; }
[data-filled] [part=plus] svg:nth-child(2) { display: block; width: 1.25rem; }
[data-filled] :is([part=ways], [part=limits]) { display: none; }
[data-compact] .bar { display: flex; align-items: center; gap: .25rem; }
[data-compact] slot { flex: 1; display: block; }
[data-compact] [part=drop] { width: 2.75rem; justify-content: center; padding: 0; border: 0; background: none; }
.panel { display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; }

[part=notice] { padding: .5rem .75rem; border-radius: var(--radius); background: var(--tint); font-size: .8125em; overflow-wrap: anywhere; }
[part=list] { border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); overflow: clip; }
[part=items] { container-type: inline-size; max-height: var(--list-height); overflow-y: auto; overscroll-behavior: contain; list-style: none; }
[part=item] {
  position: relative; display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: .75rem; align-items: center; padding: .5rem .625rem;
}
[part=item] + [part=item] { border-top: 1px solid var(--line); }
[part=item]:focus-visible { outline-offset: -3px; }
.picture { position: relative; width: var(--thumbnail); height: var(--thumbnail); }
[part=thumbnail] {
  position: relative; display: grid; place-content: center; justify-items: center; height: 100%; border-radius: .5rem; overflow: hidden;
  background: var(--tint); color: var(--muted); font-size: .625rem; font-weight: 700; text-transform: uppercase;
}
[part=badge] {
  position: absolute; inset-inline-end: -.3125rem; bottom: -.3125rem; display: grid; width: 1.375rem; height: 1.375rem; border: 2px solid var(--ground);
  border-radius: 50%; background: var(--ground); color: var(--muted);
}
[part=badge] svg { width: 100%; height: 100%; stroke-width: 2.75; }
[part=badge]:empty { display: none; }
[part=badge] path:not(:last-child) { opacity: .2; }
[data-state=stored] {
  [part=badge] { background: var(--accent); color: var(--ground); }
  [part=status] { color: var(--accent); }
}
:is([data-state=refused], [data-state=failed]) {
  background: color-mix(in srgb, var(--bad) 9%, var(--ground));
  [part=badge] { background: var(--bad); color: var(--ground); }
}
:is([data-state=uploading], [data-state=preparing]) [part=badge] { color: var(--accent); }
.turning svg { animation: turn 1s linear infinite; }
@keyframes turn { to { rotate: 1turn; } }
[part=name] { font-size: .9375em; font-weight: 550; }
bdi { display: flex; width: fit-content; max-width: 100%; white-space: pre; }
bdi span:first-child { overflow: hidden; text-overflow: ellipsis; }
[part=facts] { display: flex; flex-wrap: wrap; gap: 0 .5rem; color: var(--muted); font-size: .8125em; }
[part=size] { font-variant-numeric: tabular-nums; }
[part=message] { font-size: .8125em; overflow-wrap: anywhere; }
[part=item]:not(:focus-within) [part=message] { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
progress { appearance: none; display: block; width: 100%; height: .25rem; border: 0; border-radius: .125rem; overflow: hidden; background: var(--line); }
::-webkit-progress-bar { background: var(--line); }
::-webkit-progress-value { background: var(--accent); transition: width .2s; }
::-moz-progress-bar { background: var(--accent); }
[part=progress] { position: absolute; bottom: .5rem; inset-inline: calc(var(--thumbnail) + 1.375rem) .75rem; width: auto; }
[part=actions] { display: flex; flex-direction: row-reverse; }

button {
  position: relative; display: inline-flex; align-items: center; justify-content: center; gap: .375rem; min-height: 2.25rem; padding: .25rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem; background: none; color: inherit; font: inherit; font-size: .8125em; font-weight: 550; cursor: pointer;
}
button svg { width: 1.25rem; height: 1.25rem; }
:is(button, [part=drop]):hover { border-color: var(--accent); background: var(--tint); }
:is([part~=end], [part~=retry]) { width: 2.25rem; padding: 0; border-color: transparent; color: var(--muted); }
[part~=retry] { color: var(--accent); }
[part~=send-as] { min-height: 1.75rem; margin-top: .25rem; background: var(--ground); }
[part~=send-as]::after { content: ""; position: absolute; inset: -.5rem 0; }
@container (max-width: 26rem) {
  [part=item] { gap: .5rem; padding-inline: .5rem; }
  [part=progress] { inset-inline: calc(var(--thumbnail) + 1rem) .5rem; }
  [part=message] { font-size: .75em; }
  [part=actions] { flex-direction: column; margin-block: -.5rem; margin-inline-end: -.375rem; }
}
@media (pointer: coarse) {
  [part=ways] { display: none; }
  button:not([part~=send-as]) { min-width: 2.75rem; min-height: 2.75rem; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
@media (forced-colors: active) {
  [part=badge], [part=drop], progress { border: 1px solid; }
  ::-webkit-progress-value { background: Highlight; forced-color-adjust: none; }
  ::-moz-progress-bar { background: Highlight; forced-color-adjust: none; }
}
`;
