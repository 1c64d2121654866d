// Files that are dropped or pasted.

/** Longest time that a browser takes to fire `paste` after the keys. */
const PASTE_MS = 100;

/**
 * Listens on `target` for dropped and pasted files. While they are dragged over it, `mark(true)` is
 * called. A drop on a disabled element is ignored, but does not make the browser open the file.
 */
export function listenForFiles(target, { add, mark, isDisabled, limit }, signal) {
  let pastes = 0;
  const on = (type, listener) => target.addEventListener(type, (event) => {
    const data = event.dataTransfer ?? event.clipboardData;
    if (event.defaultPrevented || !data?.types.includes("Files")) return;
    if (type === "paste" && isDisabled()) return;
    event.preventDefault();
    if (isDisabled()) data.dropEffect = "none";
    else listener(data, event);
  }, { signal });
  on("dragover", (data) => {
    data.dropEffect = "copy";
    mark(true);
  });
  on("dragleave", (_, { relatedTarget }) => mark(relatedTarget !== null && target.contains(relatedTarget)));
  on("drop", async (data) => {
    mark(false);
    add(await filesOf(data, limit()));
  });
  on("paste", ({ files }) => add(files));

  // Firefox fires no `paste` where nothing is editable, such as on the element's own input.
  target.addEventListener("paste", () => pastes++, { signal });
  target.addEventListener("keydown", (event) => {
    const isPaste = event.key.toLowerCase() === "v" && (event.ctrlKey || event.metaKey);
    const isEditable = event.composedPath()[0].matches("textarea, input:not([type=file]), [contenteditable]");
    if (!isPaste || isEditable || isDisabled()) return;
    const before = pastes;
    setTimeout(async () => pastes === before && add(await (await import("./sources.js")).clipboardFiles()), PASTE_MS);
  }, { signal });
}

/** All files, those in folders included; at most one more than the limit. */
async function filesOf({ items, files }, limit) {
  // Entries and files are accessible only until the event ends.
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...files];
  if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
  return (await import("./sources.js")).filesIn(entries, limit);
}
