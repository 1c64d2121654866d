// The handler that an integrator would write with Node.js and file-type.

import { fileTypeFromBuffer } from "file-type";

const UPSTREAM = `${process.env.UPSTREAM_BASE_URL}/apiaccess/ccmessaging/uploadFileStream`;
const FORWARDED = ["authorization", "ccmessaging-token", "x-app-key"];
const TYPES = { jpg: "jpg", jpeg: "jpg", png: "png", bmp: "bmp", mp3: "mp3", aac: "aac", mp4: "mp4", txt: undefined, csv: undefined };

function respond(statusCode, body) {
  return { statusCode, headers: { "content-type": "application/json" }, body };
}

function reject(returnDesc) {
  return respond(200, JSON.stringify({ returnCode: "3", returnDesc }));
}

export async function handler(event) {
  const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
  let upload;
  try {
    upload = JSON.parse(text);
  } catch {
    return respond(400, JSON.stringify({ returnCode: "3", returnDesc: "the body is not JSON" }));
  }
  const declared = upload.fileType?.toLowerCase();
  if (!(declared in TYPES)) return reject("unsupported fileType");
  const file = Buffer.from(upload.fileStream ?? "", "base64");
  if (file.length === 0) return reject("fileStream is empty");
  const detected = await fileTypeFromBuffer(file);
  if (detected?.ext !== TYPES[declared]) return reject(`declared ${declared}, detected ${detected?.ext}`);

  const body = JSON.stringify({ fileType: upload.fileType, fileStream: upload.fileStream, channel: upload.channel });
  const headers = { "content-type": "application/json" };
  for (const name of FORWARDED) if (event.headers[name]) headers[name] = event.headers[name];
  try {
    const response = await fetch(UPSTREAM, { method: "POST", headers, body });
    return respond(response.status, await response.text());
  } catch {
    return respond(500, JSON.stringify({ returnCode: "13", returnDesc: "the contact centre cannot be reached" }));
  }
}
