// Files that are dropped or pasted.

/** Longest time that a browser takes to fire `paste` after the keys. */
const PASTE_MS = 100;

/**
 * Listens on `target` for dropped and pasted files. While they are dragged over it, `mark(true)` is
 * called. A drop on a disabled element is ignored, but does not make the browser open the file.
 */
export function listenForFiles(target, { add, mark, isDisabled, limit }, signal) {
  let keys;
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
  target.addEventListener("paste", () => clearTimeout(keys), { signal });
  target.addEventListener("keydown", (event) => {
    const isPaste = event.key.toLowerCase() === "v" && (event.ctrlKey || event.metaKey);
    const isEditable = event.composedPath()[0].matches("textarea, input:not([type=file]), [contenteditable]");
    if (!isPaste || isEditable || isDisabled()) return;
    clearTimeout(keys);
    keys = setTimeout(async () => add(await clipboardFiles()), PASTE_MS);
  }, { signal });
}

/** All files, those in folders included; at most one more than the limit. */
async function filesOf({ items, files }, limit) {
  // Entries can be had only before the event ends.
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(({ isDirectory }) => isDirectory)) return [...files];
  const found = [];
  const visit = async (entry) => {
    if (found.length > limit || entry.name.startsWith(".")) return; // such as .DS_Store
    if (entry.isFile) found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else {
      const reader = entry.createReader();
      for (let batch; batch?.length !== 0; ) {
        batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        for (const child of batch) await visit(child);
      }
    }
  };
  for (const entry of entries) await visit(entry).catch(() => {}); // unreadable, or removed meanwhile
  return found;
}

async function clipboardFiles() {
  const items = await navigator.clipboard?.read?.().catch(() => []) ?? [];
  const images = items.map((item) => [item, item.types.find((type) => type.startsWith("image/"))]).filter(([, type]) => type);
  return Promise.all(images.map(async ([item, type]) => new File([await item.getType(type)], `image.${type.slice(6)}`, { type })));
}
