// Uploads by the queue.

import { CONTENT, fileOf } from "./files.js";
import { createUploader } from "../index.js";

export const QUICK = { firstPauseMs: 1 };
export const notes = (name = "notes.txt") => fileOf(CONTENT.text, name);
export const answering = (...answers) => (_, number) => answers[Math.min(number, answers.length) - 1];

/** An uploader that ends with the test. */
export function uploaderFor(t, options) {
  const uploader = createUploader({ getToken: () => "t1", retry: QUICK, ...options });
  t.after(() => uploader.close());
  return uploader;
}

/** Waits until an upload is in one of these states. */
export function until(uploader, upload, ...states) {
  return new Promise((resolve) => {
    const look = () => states.includes(upload.state) && resolve(upload.state);
    uploader.addEventListener("change", look);
    look();
  });
}

export const ended = (uploader, upload) => until(uploader, upload, "stored", "refused", "failed", "cancelled");
