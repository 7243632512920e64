// Bare node:http, which answers texts that never change: what no server on Node exceeds.
import { createServer } from 'node:http';
import { linkNamed } from './servers.js';

const link = { _id: '64b6e34b0000000000000000', ...linkNamed(0), state: 'DONE' };
const one = JSON.stringify(link);
const page = JSON.stringify({ results: Array.from({ length: 100 }, () => link), totalCount: 10_000 });
const send = (response, status, text) => {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
};
const server = createServer((request, response) => {
  if (request.method === 'GET') send(response, 200, request.url.includes('?') ? page : one);
  else request.on('end', () => send(response, 201, one)).resume();
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
