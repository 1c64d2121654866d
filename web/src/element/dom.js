// Builds elements without HTML text, as pages with Trusted Types require.

/** Creates an element with attributes, of which `on…` are listeners, and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Creates a style sheet. */
export function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** Adds a style sheet to the shadow root of a node, if it is in one, unless it is there. */
export function adoptSheet(node, sheet) {
  const { adoptedStyleSheets } = node.getRootNode();
  if (adoptedStyleSheets?.includes(sheet) === false) adoptedStyleSheets.push(sheet);
}

/**
 * Creates a button. The second click of a double-click, and the repetition of a key that is held, are not meant
 * for the button that appears in the same place.
 */
export const button = (part, act, ...children) => h("button", {
  part: `button ${part}`,
  type: "button",
  onclick: ({ detail }) => detail < 2 && act(),
  onkeydown: (event) => event.repeat && event.preventDefault(),
}, ...children);

/** Creates a hidden file input, whose button is another element. */
export const fileInput = (part, attributes, add) => h("input", {
  type: "file", class: "hidden", part, ...attributes,
  oninput: (event) => event.stopPropagation(), // It would leave the shadow root, unlike `change`.
  onchange: ({ target }) => {
    add([...target.files]);
    target.value = ""; // so that the same file can be chosen again
  },
});

/** Creates an icon of 24 units that is drawn as one line: a known one, or a path. */
export function icon(name) {
  const create = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = create("svg");
  const path = create("path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = true;
  path.setAttribute("d", ICONS[name] ?? name);
  svg.append(path);
  return svg;
}

const CIRCLE = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18";

const ICONS = {
  // states
  check: "M6 12.5l4 4 8-9",
  alert: "M12 5v8m0 5v.01",
  clock: `${CIRCLE}m0 4v4.5l3 1.5`,
  ring: CIRCLE,
  cross: "M7 7l10 10M17 7L7 17",
  // actions
  upload: "M12 16V5m-5 5 5-5 5 5M5 20h14",
  plus: "M12 5v14M5 12h14",
  retry: "M19 8a8 8 0 1 0 1 5M20 4v5h-5",
};
