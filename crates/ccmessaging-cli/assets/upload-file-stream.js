// Uploads files through an uploadFileStream gateway.

const TYPES = {
  "image/jpeg": "jpg", "image/png": "png", "image/bmp": "bmp", "audio/mpeg": "mp3",
  "audio/aac": "aac", "video/mp4": "mp4", "text/plain": "txt", "text/csv": "csv",
};

/**
 * Why an upload failed, for the user. Without an answer, status is 0, and returnCode, requestId
 * and retryAfter (seconds) are missing.
 */
export class UploadError extends Error {
  name = "UploadError";
  status = 0;
  constructor(message, { token, ...answer }) {
    super(message);
    Object.assign(this, answer);
    Object.defineProperty(this, "token", { value: token }); // not enumerable: stays out of logs
  }
}

/** The fileType that a file's extension tells, or else its media type. */
export function fileTypeOf({ name = "", type }) {
  const extension = /\.(\w+)$/.exec(name.toLowerCase())?.[1];
  if (Object.values(TYPES).includes(extension)) return extension;
  return TYPES[type.split(";")[0]] ?? extension;
}

/**
 * Uploads one file. From then on, use the token of the result or the error.
 * @param {Blob} file
 * @param {{endpoint: string, token: string, fileType?: string, channel?: string,
 *   headers?: object, signal?: AbortSignal, onProgress?: (event: ProgressEvent) => void,
 *   silenceMs?: number}} options silenceMs: longest time without progress or answer
 * @returns {Promise<{objectKey: string, token: string}>}
 * @throws {UploadError} or, if aborted, the signal's reason
 */
export async function uploadFile(file, options) {
  const { fileType = fileTypeOf(file), channel = "WEB", token, signal } = options;
  const parts = [JSON.stringify({ fileType, channel, fileStream: "" }).slice(0, -2)];
  for (let at = 0; at < file.size; at += 3e5) { // multiples of 3: no padding between parts
    parts.push(await base64(file.slice(at, at + 3e5), token));
  }
  signal?.throwIfAborted();
  return send(new Blob([...parts, '"}'], { type: "application/json" }), options);
}

const base64 = (file, token) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(new Blob([reader.result.split(",")[1]]));
  reader.onerror = () => reject(new UploadError("The file cannot be read.", { token }));
  reader.readAsDataURL(file);
});

function send(body, { endpoint, token, headers, signal, silenceMs = 120_000, onProgress }) {
  const xhr = new XMLHttpRequest();
  const stop = () => xhr.abort();
  signal?.addEventListener("abort", stop);
  return new Promise((resolve, reject) => {
    const fail = (message) => () => reject(new UploadError(message, { token }));
    const start = Date.now();
    xhr.timeout = silenceMs;
    xhr.upload.onprogress = (sent) => {
      xhr.timeout = Date.now() - start + silenceMs;
      onProgress?.(sent);
    };
    xhr.onload = resolve;
    xhr.onabort = () => reject(signal?.reason);
    xhr.onerror = fail("The gateway cannot be reached.");
    xhr.ontimeout = fail("The gateway does not answer.");
    try {
      xhr.open("POST", endpoint);
      xhr.setRequestHeader("ccmessaging-token", token);
      for (const name in headers) xhr.setRequestHeader(name, headers[name]);
      xhr.send(body);
    } catch { // which may quote the token
      fail("The endpoint or a header is invalid.")();
    }
  }).then(() => read(xhr, token)).finally(() => signal?.removeEventListener("abort", stop));
}

function read(xhr, sent) {
  const { status } = xhr;
  const header = (name) => xhr.getResponseHeader(name);
  const token = header("ccmessaging-token") ?? sent;
  let answer;
  try {
    answer = JSON.parse(xhr.response);
  } catch {} // a proxy's error page
  const { objectKey, returnCode = answer?.resultCode, returnDesc } = answer ?? {};
  if (status === 200 && returnCode === "0" && objectKey) return { objectKey, token };
  const message = returnDesc || `The upload failed: status ${status}, code ${returnCode ?? "none"}.`;
  const requestId = header("x-request-id");
  const retryAfter = parseInt(header("retry-after")) || null;
  throw new UploadError(message, { token, status, returnCode, requestId, retryAfter });
}
