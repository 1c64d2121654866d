// Covers the area that files are dragged over. Loaded with the first drag.

import { adoptSheet, h, sheetOf } from "./dom.js";

const SHEET = sheetOf(`
[part=overlay]:popover-open {
  position: fixed; inset: auto; display: grid; place-items: center; margin: 0; padding: 0; overflow: hidden;
  border: 2px dashed var(--accent); border-radius: var(--radius); pointer-events: none;
  background: color-mix(in srgb, var(--tint) 88%, transparent); color: var(--accent); font-weight: 600;
}`);

const overlays = new WeakMap();

/** Shows the cover of a shadow root's element over `area` with a text, or hides it. */
export function cover(root, area, text) {
  let overlay = overlays.get(root);
  if (!overlay) {
    overlay = h("div", { part: "overlay", popover: "manual", "aria-hidden": true });
    overlays.set(root, overlay);
    adoptSheet(root, SHEET);
    root.append(overlay);
  }
  if (!area) return overlay.hidePopover?.();
  const { left, top, right, bottom } = area.getBoundingClientRect();
  const [x, y] = [Math.max(0, left), Math.max(0, top)];
  const box = { left: x, top: y, width: Math.min(right, innerWidth) - x, height: Math.min(bottom, innerHeight) - y };
  for (const [name, value] of Object.entries(box)) overlay.style[name] = `${value}px`;
  overlay.textContent = text;
  overlay.showPopover?.();
}
