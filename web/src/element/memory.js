// The names of unfinished files, kept while a page is reloaded.

/** Returns the names of unfinished files that were saved, and saves those of the current ones when the page is left. */
export function unfinishedFiles({ id, name }, uploads, signal) {
  const key = `ccmessaging-upload ${id || name}`;
  addEventListener("pagehide", () => {
    const names = uploads().filter(({ isUnfinished }) => isUnfinished).map(({ original }) => original.name);
    attempt(() => sessionStorage.setItem(key, JSON.stringify(names)));
  }, { signal });
  const files = attempt(() => JSON.parse(sessionStorage.getItem(key)).map((name) => ({ name })));
  attempt(() => sessionStorage.removeItem(key));
  return files ?? [];
}

/** A page may have no access to its storage. */
function attempt(access) {
  try {
    return access();
  } catch {
    return undefined;
  }
}
