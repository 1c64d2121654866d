// Makes a photo small enough to be sent.

import { UploadError } from "./upload-error.js";

/** More than this many pixels some phones cannot draw, and no agent's screen shows. */
const MOST_PIXELS = 12e6;
const QUALITY = 0.85;
const ATTEMPTS = 5;

/**
 * Converts any picture that this browser can decode to an upright JPG of at most `limitBytes`, without
 * the original's metadata, such as the place where it was taken.
 * @throws {UploadError} `undecodable_photo` where the browser cannot, or `too_large`
 */
export async function shrinkPhoto(file, { limitBytes, signal } = {}) {
  signal?.throwIfAborted();
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new UploadError("undecodable_photo");
  });
  try {
    let scale = Math.min(1, Math.sqrt(MOST_PIXELS / (bitmap.width * bitmap.height)));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const blob = await encode(bitmap, scale);
      signal?.throwIfAborted();
      if (blob.size <= limitBytes) return asJpg(blob, file);
      // The size goes roughly with the number of pixels; a little less, to get there.
      scale *= Math.min(0.9, Math.sqrt(limitBytes / blob.size) * 0.95);
    }
  } finally {
    bitmap.close();
  }
  throw new UploadError("too_large", { details: { limitBytes, actualBytes: file.size } });
}

function encode(bitmap, scale) {
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

const asJpg = (blob, { name, lastModified }) =>
  new File([blob], `${name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg", lastModified });
