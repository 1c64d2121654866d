// A gateway that answers what a test says, and keeps what it was sent. It has no answer about its limits, unless
// the test gives one.

import { createServer } from "node:http";

/**
 * Answers each upload by `answer(request, number)`: `{status, headers, body}`, or nothing to break the
 * connection off, or a promise of either.
 */
export async function scriptedGateway(t, answer, limits) {
  const requests = [];
  let asked = 0;
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*");
    response.setHeader("access-control-expose-headers", "ccmessaging-token, retry-after, x-request-id");
    if (request.method === "OPTIONS") return response.end();
    if (request.method === "GET" && !request.url.includes("/poll?")) {
      asked++;
      return limits ? response.end(typeof limits === "string" ? limits : JSON.stringify(limits)) : response.writeHead(405).end();
    }
    const parts = [];
    request.on("error", () => {}); // broken off by the client
    request.on("data", (part) => parts.push(part));
    request.on("end", async () => {
      const { method, url, headers } = request;
      const received = { method, url, headers, body: parts.length ? JSON.parse(Buffer.concat(parts)) : undefined };
      requests.push(received);
      const said = await answer(received, requests.length);
      if (!said) return request.socket.destroy();
      const { status = 200, headers: answered = {}, body } = said;
      response.writeHead(status, answered).end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, endpoint: `${origin}/upload`, requests, asked: () => asked };
}

export const STORED = { body: { returnCode: "0", objectKey: "7f0c" } };
