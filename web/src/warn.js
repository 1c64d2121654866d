// Warnings for the developer of the page.

const given = new Set();

/** Writes a warning to the console, unless the same one was written before. */
export function warnOnce(message) {
  if (given.has(message)) return;
  given.add(message);
  console.warn(`ccmessaging-upload: ${message}`);
}
