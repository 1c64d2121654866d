// Gives each visitor of your pages a chat session: POST /chat/session. App key, app secret and ticket key stay here.

import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const { UPSTREAM_BASE_URL, APP_KEY, APP_SECRET, CHANNEL_ID, CHAT_TICKET_KEY, HOST = "127.0.0.1", PORT = 8080 } = process.env;

async function call(path, headers, body) {
  const request = { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
  const response = await fetch(UPSTREAM_BASE_URL + path, { ...request, headers: { "content-type": "application/json", ...headers } });
  if (!response.ok) throw new Error(`${path} responds with status ${response.status}`);
  return response.json();
}

let access = { expires: 0 };
async function sessionOf(userId) {
  if (access.expires < Date.now()) {
    const { AccessToken, Expires } = await call("/apigovernance/api/oauth/tokenByAkSk", { "x-token-expire": "3600" }, { app_key: APP_KEY, app_secret: APP_SECRET });
    access = { token: AccessToken, expires: Date.now() + (Expires - 60) * 1000 };
  }
  const visitor = { userId, userName: "Visitor", channelId: CHANNEL_ID, locale: "en" };
  const { token } = await call("/apiaccess/ccmessaging/applyToken", { "x-app-key": APP_KEY, authorization: `Bearer ${access.token}` }, visitor);
  return { token, ticket: ticketOf(userId), userId, channelId: CHANNEL_ID };
}

/** A JWT for the gateway: whose chat it is, for an hour. */
function ticketOf(userId) {
  const claims = { sub: userId, aud: CHANNEL_ID, exp: Math.floor(Date.now() / 1000) + 3600 };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", CHAT_TICKET_KEY).update(signed).digest("base64url")}`;
}

const server = createServer(async ({ method, url, headers: { origin, host, cookie } }, response) => {
  if (method !== "POST" || url !== "/chat/session") return response.writeHead(404).end();
  if (origin?.replace(/^https?:\/\//, "") !== host || !host) return response.writeHead(403).end(); // another site's page
  const visitor = /(?:^|; )chat=([\w-]{43})(?:;|$)/.exec(cookie)?.[1] ?? randomBytes(32).toString("base64url");
  const userId = createHash("sha256").update(visitor).digest("hex").slice(0, 24); // Agents see it, but never the cookie.
  const [status, answer] = await sessionOf(userId).then((session) => [200, session], (error) => [502, console.error(error.message) ?? {}]);
  response.setHeader("set-cookie", `chat=${visitor}; Path=/chat; HttpOnly; SameSite=Lax${origin.startsWith("https:") ? "; Secure" : ""}`);
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(answer));
});
server.listen(PORT, HOST, () => console.log(`listening: http://${HOST}:${server.address().port}`));
