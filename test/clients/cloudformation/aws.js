// What the handler needs of AWS: its secrets, its metrics, and the runtime of Lambda, each as little as it takes.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const port = async (server) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
};

/**
 * A proxy behind which every host of AWS is this one: the handler honours no other address for them.
 *
 * @param secrets by name
 */
export async function standInForAws(secrets) {
  const folder = import.meta.dirname;
  const pem = { cert: readFileSync(`${folder}/cert.pem`), key: readFileSync(`${folder}/key.pem`) };
  const aws = createTlsServer(pem, async (request, response) => {
    const body = await text(request);
    if (/^secretsmanager/.test(request.headers.host)) {
      const { SecretId: name } = JSON.parse(body);
      response.setHeader('Content-Type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ Name: name, SecretString: JSON.stringify(secrets[name]) }));
    } else {
      response.setHeader('Content-Type', 'text/xml');
      response.end('<PutMetricDataResponse><ResponseMetadata/></PutMetricDataResponse>');
    }
  });
  const behind = await port(aws);
  const proxy = createServer().on('connect', (_request, socket, head) => {
    const through = connect(behind, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    for (const end of [socket, through]) end.on('error', () => undefined);
  });
  return { url: `http://127.0.0.1:${await port(proxy)}`, authority: `${folder}/cert.pem` };
}

/** The runtime interface of Lambda: `invoke` hands the function an event, and resolves with its answer. */
export async function lambdaRuntime() {
  const events = [];
  let idle;
  let answered;
  const hand = () => {
    if (!idle || events.length === 0) return;
    idle.setHeader('Lambda-Runtime-Aws-Request-Id', '1');
    idle.setHeader('Lambda-Runtime-Deadline-Ms', `${Date.now() + 60_000}`);
    idle.end(JSON.stringify(events.shift()));
    idle = undefined;
  };
  const runtime = createServer(async (request, response) => {
    if (request.url.endsWith('/invocation/next')) {
      idle = response;
      hand();
      return;
    }
    answered(JSON.parse(await text(request)));
    response.statusCode = 202;
    response.end();
  });
  const address = `127.0.0.1:${await port(runtime)}`;
  const invoke = (event) =>
    new Promise((resolve) => {
      answered = resolve;
      events.push(event);
      hand();
    });
  return { address, invoke };
}
