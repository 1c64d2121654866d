// How the element looks. A page changes that by the variables, set on the element, and by its parts.

export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  display: block;
  --ground: light-dark(#fff, #1a201e);
  --ink: light-dark(#1b2422, #e7ecea);
  --muted: light-dark(#57635f, #a3b0ab);
  --accent: light-dark(#0b6a5b, #63c9b5);
  --bad: light-dark(#a8321f, #f39a8b);
  --radius: .75rem;
  --tint: color-mix(in srgb, var(--accent) 8%, var(--ground));
  color: var(--ink);
  line-height: 1.4;
  accent-color: var(--accent);
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p, ul { margin: 0; padding: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible, [part=drop]:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }

[part=root] { position: relative; display: grid; gap: .75rem; }
[part=drop] {
  display: grid; grid-template-columns: auto 1fr; gap: 0 .875rem; align-items: center;
  padding: .875rem 1rem; border: 1.5px dashed var(--muted); border-radius: var(--radius);
  background: var(--ground); color: var(--muted); cursor: pointer;
}
[part=plus] { grid-row: span 3; width: 2.75rem; border-radius: .5rem; background: var(--accent); color: var(--ground); font-size: 1.75rem; line-height: 2.75rem; text-align: center; }
[part=drop]:hover, [data-over] [part=drop] { border-color: var(--accent); background: var(--tint); }
[part=drop]:has(:disabled) { opacity: .5; }
[part=choose] { color: var(--accent); font-weight: 600; }
[part=ways], [part=limits] { grid-column: 2; font-size: .875em; }
[part=limits] { white-space: pre-line; }

[part=items] { display: grid; gap: .5rem; list-style: none; }
[part=item] {
  display: grid; grid-template-columns: 2.75rem minmax(0, 1fr) auto; gap: .5rem .75rem; align-items: center;
  padding: .625rem; border: 1px solid color-mix(in srgb, var(--ink) 18%, var(--ground)); border-radius: var(--radius);
  background: var(--ground); overflow-wrap: anywhere;
}
[part=thumbnail] {
  position: relative; display: grid; place-items: center; height: 2.75rem; border-radius: .5rem; overflow: hidden;
  background: var(--tint); color: var(--muted); font-size: .75rem; font-weight: 600; text-transform: uppercase;
}
img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
[part=name] { font-weight: 550; }
[part=facts] { display: flex; flex-wrap: wrap; gap: 0 .625rem; font-size: .875em; color: var(--muted); }
[part=status] { color: var(--accent); }
:is([data-state=refused], [data-state=failed]) [part=status] { color: var(--bad); }
[part=progress] { width: 100%; height: .5rem; }
[part=message], [part=actions] { grid-column: 1 / -1; }
[part=actions] { display: flex; flex-wrap: wrap; gap: .5rem; }

button {
  min-height: 2.25rem; padding: .25rem .875rem; border: 1px solid var(--muted); border-radius: .5rem;
  background: none; color: inherit; font: inherit; font-size: .875em; font-weight: 550; cursor: pointer;
}
button:hover { border-color: var(--accent); background: var(--tint); }
[part~=end] { align-self: start; min-width: 2.25rem; padding: 0; border-color: transparent; color: var(--muted); font-size: 1.375rem; line-height: 1; }
@media (pointer: coarse) {
  [part=ways] { display: none; }
  button { min-width: 2.75rem; min-height: 2.75rem; }
}
@media print { [part=drop], button { display: none; } }
`);
