import { request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect, type PeerCertificate } from 'node:tls';

/** An answer over https. */
export interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Sends a request with Node's own client, which trusts what `ca` signs and nothing else. */
export async function send(url: string, options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      text(response).then((read) => {
        resolve({ status: response.statusCode, body: read });
      }, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The certificate that a server shows to a client that asks for a name, trusted or not. */
export async function certificateOf(url: string): Promise<PeerCertificate> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
