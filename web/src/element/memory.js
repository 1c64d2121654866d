// The names of unfinished files, kept while a page is reloaded.

/** Returns the saved names, and saves the current ones when the page is left. */
export function watch({ id, name }, uploads, signal) {
  const key = `ccmessaging-upload ${id || name}`;
  addEventListener("pagehide", () => {
    const names = uploads().filter(({ isUnfinished }) => isUnfinished).map(({ original }) => original.name);
    attempt(() => sessionStorage.setItem(key, JSON.stringify(names)));
  }, { signal });
  const names = attempt(() => JSON.parse(sessionStorage.getItem(key)));
  attempt(() => sessionStorage.removeItem(key));
  return names ?? [];
}

/** A page may have no access to its storage. */
function attempt(access) {
  try {
    return access();
  } catch {
    return undefined;
  }
}
