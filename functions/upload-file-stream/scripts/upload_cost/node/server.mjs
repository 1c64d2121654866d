// The plain way to do the gateway's job with Node.js: parse the body, decode the file, name its type
// by its signature, send the JSON on. Answers nothing but success and refusal.
//
//     UPSTREAM_BASE_URL=http://127.0.0.1:8001 node server.mjs

import http from 'node:http';

import { fileTypeFromBuffer } from 'file-type';
import { Agent, request } from 'undici';

const upstream = `${process.env.UPSTREAM_BASE_URL}/apiaccess/ccmessaging/uploadFileStream`;
const agent = new Agent({ connections: 256 });
const forwarded = ['authorization', 'ccmessaging-token', 'x-app-key'];

const server = http.createServer(async (incoming, outgoing) => {
  const answer = (status, body) => {
    console.log(JSON.stringify({ time: new Date().toISOString(), url: incoming.url, status }));
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(body);
  };
  try {
    const pieces = [];
    for await (const piece of incoming) pieces.push(piece);
    const upload = JSON.parse(Buffer.concat(pieces).toString());
    const file = Buffer.from(upload.fileStream, 'base64');
    const found = await fileTypeFromBuffer(file);
    if (found?.ext !== upload.fileType || upload.channel !== 'WEB') {
      answer(200, '{"returnCode":"3"}');
      return;
    }
    const headers = { 'content-type': 'application/json' };
    for (const name of forwarded) headers[name] = incoming.headers[name];
    const body = JSON.stringify(upload);
    const { statusCode, body: stored } = await request(upstream, {
      dispatcher: agent, method: 'POST', headers, body,
    });
    answer(statusCode, Buffer.from(await stored.arrayBuffer()));
  } catch {
    answer(500, '{"returnCode":"13"}');
  }
});

server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(JSON.stringify({ address: `${address}:${port}` }));
});
