import assert from "node:assert/strict";
import test from "node:test";
import { MESSAGES, bytesOf, chatOf, failure, said } from "./chats.js";

/** Downloads the file of a message, whose response is `answer`. */
async function downloadOf(t, message, answer) {
  const { chat, calls } = await chatOf(t, { poll: [MESSAGES(message), MESSAGES()], downloadFileStream: [answer] });
  await chat.connect();
  const { value } = await chat.messages().next();
  return { value, calls, file: chat.download(value) };
}

const local = (mediaFileType, more) => said("2026/7f0c-22aa-bb.x", { mediaType: "DOCUMENT", contentType: "1", mediaFileType, ...more });
const library = (mediaType, mediaFileType = null) => said("9d11", { mediaType, contentType: null, mediaFileType });
const of = (type, content = "content") => ({ headers: { "content-type": type }, body: Buffer.from(content) });

test("the file of a message is downloaded, whichever kind it is of", async (t) => {
  const CASES = [
    [local("pdf"), { fileId: "local/2026/7f0c-22aa-bb.x", fileType: "pdf", channel: "WEB" }, "download-20267f0c.pdf"],
    [local("JPEG", { mediaType: "IMAGE", contentType: 1 }), { fileId: "local/2026/7f0c-22aa-bb.x", fileType: "jpg", channel: "WEB" }, "download-20267f0c.jpg"],
    [library("IMAGE"), { fileId: "9d11", fileType: "jpg", channel: "WEB", multiMedia: "multiMedia" }, "download-9d11.jpg"],
    [library("VIDEO"), { fileId: "9d11", fileType: "mp4", channel: "WEB", multiMedia: "multiMedia" }, "download-9d11.mp4"],
    [library("DOCUMENT"), { fileId: "9d11", fileType: "pdf", channel: "WEB", multiMedia: "multiMedia" }, "download-9d11.pdf"],
    [library("IMAGE", "PNG"), { fileId: "9d11", fileType: "png", channel: "WEB", multiMedia: "multiMedia" }, "download-9d11.png"],
  ];
  for (const [message, body, name] of CASES) {
    const { value, calls, file } = await downloadOf(t, message, of("application/pdf"));
    assert.equal(value.text, undefined);
    assert.equal(`${await bytesOf(await file)}`, "content");
    assert.equal((await file).name, name);
    assert.deepEqual(calls.downloadFileStream[0].body, body);
    assert.equal(calls.downloadFileStream[0].headers.accept, "application/octet-stream");
  }
});

test("a file has a type that a page may show, or none", async (t) => {
  const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  const shown = ["image/jpeg", "image/png", "image/bmp", "audio/mpeg", "audio/aac", "video/mp4", "text/plain", "text/csv", "application/pdf", "application/zip", DOCX];
  for (const type of shown) assert.equal((await (await downloadOf(t, local("pdf"), of(`${type}; charset=utf-8`))).file).type, type);
  for (const type of ["image/svg+xml", "application/xhtml+xml", "text/javascript", "application/octet-stream", "text/plainx"]) {
    assert.equal((await (await downloadOf(t, local("pdf"), of(type))).file).type, "application/octet-stream", type);
  }
});

test("a page of a proxy is not a file, and a refusal says why", async (t) => {
  const refused = { body: { resultCode: "3", reasonCode: "malware_found", resultDesc: "the file contains malware" }, headers: { "content-type": "application/json" } };
  const gone = { body: { resultCode: "401", resultDesc: "objectKey is null!" }, headers: { "content-type": "application/json" } };
  for (const [answer, reasonCode] of [[of("text/html", "<html>"), "network"], [refused, "malware_found"], [gone, "unexpected_answer"], [undefined, "network"]]) {
    const { file } = await downloadOf(t, local("pdf"), answer);
    assert.equal((await failure(file)).reasonCode, reasonCode);
  }
});

test("a download can be aborted", async (t) => {
  const abort = new AbortController();
  const { chat } = await chatOf(t, { downloadFileStream: () => new Promise(() => abort.abort(new Error("enough"))) });
  const { message } = await failure(chat.download({ file: { id: "local/7f0c", type: "pdf" } }, { signal: abort.signal }));
  assert.equal(message, "enough");
});
