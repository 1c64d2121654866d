// Files in folders and in the clipboard.

/** The files of folders, at most one more than the limit. */
export async function filesIn(entries, limit) {
  const found = [];
  const visit = async (entry) => {
    if (found.length > limit || entry.name.startsWith(".")) return; // such as .DS_Store
    if (entry.isFile) {
      found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      return;
    }
    const reader = entry.createReader();
    // Each call reads some of the entries, and none at the end.
    for (let batch; batch?.length !== 0; ) {
      batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      for (const child of batch) await visit(child);
    }
  };
  for (const entry of entries) await visit(entry).catch(() => {}); // unreadable, or removed meanwhile
  return found;
}

/** The pictures in the clipboard; none where the page may not read it. */
export async function clipboardFiles() {
  const items = await navigator.clipboard?.read?.().catch(() => []) ?? [];
  const pictures = items.map((item) => [item, item.types.find((type) => type.startsWith("image/"))]).filter(([, type]) => type);
  return Promise.all(pictures.map(async ([item, type]) => new File([await item.getType(type)], `image.${type.slice(6)}`, { type })));
}
