// Gives your own pages a chat session's token. The app key and the app secret stay on this server.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { UPSTREAM_BASE_URL, APP_KEY, APP_SECRET, CHANNEL_ID, PORT = 8080 } = process.env;

async function call(path, headers, body) {
  const request = { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
  const response = await fetch(UPSTREAM_BASE_URL + path, { ...request, headers: { "content-type": "application/json", ...headers } });
  if (!response.ok) throw new Error(`${path} responds with status ${response.status}`);
  return response.json();
}

let access = { expires: 0 };
async function accessToken() {
  if (access.expires > Date.now()) return access.token;
  const keys = { app_key: APP_KEY, app_secret: APP_SECRET };
  const answer = await call("/apigovernance/api/oauth/tokenByAkSk", { "x-token-expire": "3600" }, keys);
  access = { token: answer.AccessToken, expires: Date.now() + (answer.Expires - 60) * 1000 };
  return access.token;
}

async function sessionToken({ id, name }) {
  const headers = { "x-app-key": APP_KEY, authorization: `Bearer ${await accessToken()}` };
  const session = { userId: id, userName: name, channelId: CHANNEL_ID, locale: "en" };
  return (await call("/apiaccess/ccmessaging/applyToken", headers, session)).token;
}

// Your own login says who asks; `userId` takes up to 32 characters.
const customerOf = (request) => ({ id: randomUUID().replaceAll("-", ""), name: "Visitor" });

const server = createServer(async (request, response) => {
  const isOwnPage = request.headers["sec-fetch-site"] === "same-origin"; // No other site's page gets a token.
  if (request.method !== "POST" || request.url !== "/chat/upload-token" || !isOwnPage) return response.writeHead(404).end();
  const [status, answer] = await sessionToken(customerOf(request)).then(
    (token) => [200, { token }],
    (error) => [502, console.error(error.message) ?? {}],
  );
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(answer));
});
server.listen(PORT, "127.0.0.1", () => console.log(`listening: http://127.0.0.1:${server.address().port}`));
