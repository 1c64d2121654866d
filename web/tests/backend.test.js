import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { CONTENT, fileOf } from "./files.js";
import { contactCentre, gateway, start } from "./program.js";
import { uploadFile } from "../index.js";

const BACKEND = fileURLToPath(new URL("../examples/backend.mjs", import.meta.url));

/** The example with these variables; gives the URL of its token. */
async function backend(t, env) {
  const { listening } = await start(t, process.execPath, [BACKEND], { ...env, PORT: 0, CHANNEL_ID: "1a2b3c" }, "listening");
  return `${listening}/chat/upload-token`;
}

const ask = (url, site = "same-origin") => fetch(url, { method: "POST", headers: { "sec-fetch-site": site } });

/** The text of a stored file, from the contact centre. */
async function download({ UPSTREAM_BASE_URL: origin, APP_KEY: key, APP_SECRET: secret }, token, objectKey) {
  const call = async (path, headers, body) => {
    const request = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
    return (await fetch(origin + path, request)).json();
  };
  const { AccessToken } = await call("/apigovernance/api/oauth/tokenByAkSk", {}, { app_key: key, app_secret: secret });
  const headers = { "ccmessaging-token": token, "x-app-key": key, authorization: `Bearer ${AccessToken}` };
  const body = { fileId: `local/${objectKey}`, fileType: "txt", channel: "WEB" };
  const { fileStream } = await call("/apiaccess/ccmessaging/downloadFileStream", headers, body);
  return Buffer.from(fileStream, "base64").toString("latin1");
}

test("the example's token uploads a file through the gateway", async (t) => {
  const variables = await contactCentre(t);
  const url = await backend(t, variables);
  const { endpoint } = await gateway(t, { env: variables });

  const answer = await ask(url);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const { token } = await answer.json();
  const { objectKey } = await uploadFile(fileOf(CONTENT.text, "notes.txt"), { endpoint, token });
  assert.equal(await download(variables, token, objectKey), CONTENT.text);

  const { token: another } = await (await ask(url)).json();
  assert.notEqual(another, token, "each page has a session of its own");
});

test("the example gives no token to pages of other sites", async (t) => {
  const url = await backend(t, await contactCentre(t));
  assert.equal((await ask(url, "cross-site")).status, 404);
  assert.equal((await fetch(url, { method: "POST" })).status, 404);
  assert.equal((await fetch(url)).status, 404);
});

test("the example tells pages nothing of keys that are refused", async (t) => {
  const variables = await contactCentre(t);
  const answer = await ask(await backend(t, { ...variables, APP_SECRET: "wrong" }));
  assert.equal(answer.status, 502);
  assert.equal(await answer.text(), "{}");
});
