import { setImmediate } from 'node:timers';
import { EmulatorError, emulatorOver, sendByFetch, type Emulator, type Send } from './client/index.js';
import type { Config } from './config.js';
import { listen, type Listening } from './listener.js';

export { connectEmulator, EmulatorError } from './client/index.js';
export type * from './client/index.js';

/** Settings of an emulator; `atlas-streams-emulator --help` says what each is. */
export type Settings = Partial<Config>;

/** An emulator of this process. */
export interface LocalEmulator extends Emulator, Pick<Listening, 'controlToken' | 'restored' | 'tlsUrl'> {
  /** The authority that clients over https must trust, as PEM; undefined without `tls`, or with a certificate given. */
  readonly ca: string | undefined;
}

/**
 * Starts an emulator in this process, by default on a free port and silent. Several can run at once.
 *
 * @param settings those that differ from the defaults
 * @throws if a setting is unknown or wrong, a port in use (`EADDRINUSE`), the database not usable, the fixture
 * wrong, or the files for https
 */
export async function startEmulator(settings: Settings = {}): Promise<LocalEmulator> {
  const listening = await listen(settings);
  const { url, tlsUrl, tls, controlToken, restored } = listening;
  let closed: Promise<void> | undefined;
  const within = sendWithin(listening);
  // The server knows nothing of them, and would close the database before they are done.
  const underWay = new Set<Promise<unknown>>();
  const send: Send = async (method, path, ...rest) => {
    if (closed) throw new EmulatorError(0, 'this emulator is closed', `${method} ${path}`);
    const sent = within(method, path, ...rest);
    underWay.add(sent);
    try {
      return await sent;
    } finally {
      underWay.delete(sent);
    }
  };
  const end = async (): Promise<void> => {
    await listening.endWaits();
    await Promise.allSettled(underWay);
    await listening.close();
  };
  const close = (): Promise<void> => (closed ??= end());
  const emulator = emulatorOver(send, url, controlToken, close);
  return { ...emulator, restored, controlToken, tlsUrl, ca: tls?.ca };
}

/** A way of sending that needs no socket. */
function sendWithin({ server, url }: Listening): Send {
  const { host } = new URL(url);
  const overSocket = sendByFetch(url);
  return async (method, path, headers, body) => {
    // With a fake one, such as fake timers bring, it would never answer.
    if (globalThis.setImmediate !== setImmediate) return overSocket(method, path, headers, body);
    let injected;
    try {
      injected = server.inject({
        method,
        url: path,
        headers: { ...headers, host },
        ...(body !== undefined && { payload: body }),
      });
    } catch {
      // It is loaded on its first call, which Jest before Node 24.9 cannot do: it has no require of ES modules.
      return overSocket(method, path, headers, body);
    }
    const { statusCode: status, payload: text } = await injected;
    return { status, text };
  };
}
