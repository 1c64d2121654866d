// A program that uses every part of the package; it only has to compile.

import { addLanguage, UploadFileStreamElement } from "ccmessaging-upload/element";
import dutchLater from "ccmessaging-upload/messages/en";
import {
  DEFAULT_LIMIT_BYTES, UploadError, acceptOf, createChat, createUploader, describeError, fetchLimits, fileTypeOf, messagesFor,
  precheck, shrinkPhoto, uploadFile, type Upload,
} from "ccmessaging-upload";

const input = document.createElement("input");
input.accept = acceptOf(["jpg", "png"]);
fetchLimits("/upload").then((limits) => (input.accept = acceptOf(["mp4"], limits)));

async function attach(file: File): Promise<string | undefined> {
  try {
    const fileType: string = await precheck(file, { types: ["jpg"], limits: { image: DEFAULT_LIMIT_BYTES } });
    await precheck(file, { endpoint: "/upload", fileType, limits: await fetchLimits("/upload") });
    const small = await shrinkPhoto(file, { limitBytes: 2e6 });
    const { objectKey, token } = await uploadFile(small, {
      endpoint: "/upload", token: "t", headers: new Headers(), onProgress: ({ loaded, total }) => loaded / total,
    });
    return objectKey + token;
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    alert(describeError(error, file, await messagesFor("fr-CA")));
    return error.retryAfter === undefined ? fileTypeOf(file) : undefined;
  }
}

const uploader = createUploader({ endpoint: "/upload", getToken: async () => "t", concurrency: 2, retry: { attempts: 2 } });
uploader.addEventListener("change", ({ detail: { state, progress, detectedType, sendAs } }) => {
  if (state === "refused" && detectedType) sendAs(detectedType);
  console.log(progress);
});
const onChange = ({ detail }: CustomEvent<Upload>) => console.log(detail.id);
uploader.addEventListener("change", onChange);
uploader.removeEventListener("change", onChange);
uploader.addEventListener("skipped", ({ detail: { reasonCode, files } }) => console.log(reasonCode === "duplicate", files.length));
uploader.send().then((uploads) => uploads.map(({ id, retryAt }) => [id, retryAt]));
const queue = createUploader({
  endpoint: "/upload", review: true, maxFiles: 5, skipDuplicates: true, tokenTimeoutMs: 5000,
  getToken: ({ signal }) => fetch("/token", { signal }).then((response) => response.text()),
  beforeAdd: (file) => {
    if (file.size === 0) throw new UploadError("rejected", { message: "empty" });
  },
});
const unsubscribe: () => void = queue.subscribe(() => console.log(queue.uploads[0]?.isRepeatable));
unsubscribe();
// @ts-expect-error: a snapshot is immutable
queue.uploads.push(queue.uploads[0]);
for (const upload of uploader.add(input.files ?? [])) upload.cancel();

const element: UploadFileStreamElement = document.createElement("upload-file-stream");
element.getToken = () => "t";
element.uploader = queue;
element.disabled = element.checkValidity();
element.types = ["jpg"];
element.maxFiles = 5;
element.addEventListener("upload-progress", ({ detail: { progress } }) => progress.toFixed(1));
element.addEventListener("token", ({ detail }) => detail.length);
document.addEventListener("upload-stored", ({ detail }) => detail.objectKey.length);
// @ts-expect-error: only the element itself fires it
document.body.addEventListener("token", ({ detail }) => detail);
element.addEventListener("upload-stored", ({ detail }) => attach(detail.original));
addLanguage({ ...dutchLater, language: "nl" });

const chat = createChat({
  baseUrl: "", userId: "u1", channelId: "c1", getToken: async ({ signal }) => (await fetch("/chat/session", { signal })).json(),
  upload: { shrinkPhotos: true }, poll: { longestPauseMs: 3000 }, call: "sendAsync",
  contentOf: ({ objectKey, file: { name } }) => ({ mediaType: "FILE", content: `${objectKey},${name}` }),
});
chat.addEventListener("message", ({ detail: { from, time, text } }) => console.log(from, time.getTime(), text?.length));
chat.addEventListener("change", ({ detail: { state, error } }) => console.log(state === "interrupted", error?.message));
element.chat = chat;
async function converse() {
  await chat.sendText("hello");
  const { objectKey } = await chat.sendFile(new File([], "a.txt"), { signal: AbortSignal.timeout(5) });
  await chat.sendStored({ objectKey, fileType: "txt", file: { name: "a.txt", size: 1 } });
  element.addEventListener("upload-stored", ({ detail }) => chat.sendStored(detail));
  for (const upload of uploader.uploads) if (upload.state === "stored") await chat.sendStored(upload);
  // @ts-expect-error: nothing is stored
  await chat.sendStored({ fileType: "txt", file: { name: "a.txt", size: 1 } });
  for await (const message of chat.messages()) {
    if (message.file) URL.createObjectURL(await chat.download(message));
    else message.text.trim();
  }
  await chat.disconnect();
}
converse();
// @ts-expect-error: pages only read the state
chat.state = "ended";
// @ts-expect-error: the source of tokens is missing
createChat({ baseUrl: "" });

// @ts-expect-error: no such type
acceptOf(["gif"]);
// @ts-expect-error: the endpoint is missing
createUploader({});
// @ts-expect-error: a state of another kind
if (uploader.uploads[0]?.state === "done") uploader.close();
new UploadError("too_large", { details: { limitBytes: 5 } });
