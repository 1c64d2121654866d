// A minimal client of Lambda's Runtime API over one connection. AWS's own, aws-lambda-ric, needs a C++ build.

import http from "node:http";

import { handler } from "./handler.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, host, port, method, path: `/2018-06-01/runtime/invocation/${path}` }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve([response.headers["lambda-runtime-aws-request-id"], Buffer.concat(chunks).toString()]);
    });
    request.on("error", reject).end(body);
  });
}

for (;;) {
  const [id, event] = await call("GET", "next");
  await call("POST", `${id}/response`, JSON.stringify(await handler(JSON.parse(event))));
}
