// The names of unfinished files, kept while a page is reloaded.

const keyOf = ({ id, name }) => `ccmessaging-upload ${id || name}`;

/** Keeps the names until the tab is closed. */
export function remember(element, { uploads }) {
  const names = uploads.filter(({ isUnfinished }) => isUnfinished).map(({ original }) => original.name);
  attempt(() => names.length && sessionStorage.setItem(keyOf(element), JSON.stringify(names)));
}

/** The kept names. */
export const remembered = (element) => attempt(() => JSON.parse(sessionStorage.getItem(keyOf(element)))) ?? [];

/** Forgets them. */
export const forget = (element) => attempt(() => sessionStorage.removeItem(keyOf(element)));

/** A page may have no access to its storage. */
function attempt(access) {
  try {
    return access();
  } catch {
    return undefined;
  }
}
