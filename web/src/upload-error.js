// Why a file was not uploaded.

/**
 * Why a file was not uploaded. `reasonCode` is the gateway's, or one of this package's own: see the
 * README's table. What there is nothing to say about is undefined.
 */
export class UploadError extends Error {
  /**
   * @param {string} reasonCode
   * @param {object} [facts] `message`, and any of the properties that the type declarations name
   */
  constructor(reasonCode, { message, token, ...facts } = {}) {
    super(message || `not uploaded: ${reasonCode}`);
    Object.assign(this, { name: "UploadError", reasonCode, details: {}, status: 0, retryable: false }, facts);
    // Not enumerable: loggers that copy an error's properties leave it out.
    Object.defineProperty(this, "token", { value: token, writable: true });
  }
}
