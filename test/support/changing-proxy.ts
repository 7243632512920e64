import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request that a proxy has passed on, and its response. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The connection is closed instead of a response. */
  isLost?: boolean;
}

/** Changes a response before the client gets it. */
export type Change = (passed: Passed) => void | Promise<void>;

/** Starts a proxy before a server, for one test. @returns its address, and the requests that it has passed on */
export async function changingProxy(
  url: string,
  change: Change = () => undefined,
): Promise<{ readonly url: string; readonly passed: readonly Passed[] }> {
  const passed: Passed[] = [];
  const server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const { method = '', url: path = '', headers } = incoming;
      const body = await text(incoming);
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const { hostname, port } = new URL(url);
        httpRequest({ hostname, port, path, method, headers, agent: false }, resolve)
          .on('error', reject)
          .end(body);
      });
      const entries = Object.entries(answer.headers).filter(
        ([name]) => !/^(?:connection|keep-alive|transfer-encoding)$/.test(name),
      );
      const one: Passed = {
        ...{ method, path, body },
        status: answer.statusCode ?? 0,
        headers: Object.fromEntries(entries.map(([name, value = '']) => [name, String(value)])),
        text: await text(answer),
      };
      passed.push(one);
      await change(one);
      if (one.isLost) {
        outgoing.destroy();
        return;
      }
      delete one.headers['content-length'];
      outgoing.writeHead(one.status, one.headers);
      outgoing.end(one.text);
    };
    pass().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed };
}
