import type { Caller } from '../http/gatekeeper.js';

/** A caller with its secret: the private key, or the client secret. */
export interface Credential {
  readonly caller: Caller;
  readonly secret: string;
  /** The time of the clock by which its tokens expire, in milliseconds since the epoch. */
  readonly now: number;
  /** The project that it was made for, if any. */
  readonly projectId: string | null;
}

/** An API key, a service account, or both, as fixtures and the control API have them. */
export interface Secrets {
  readonly apiKey?: { readonly publicKey: string; readonly privateKey: string } | undefined;
  readonly serviceAccount?: { readonly clientId: string; readonly clientSecret: string } | undefined;
}

/** The secrets of a credential. */
export const secretsOf = ({ caller: { id, kind }, secret }: Credential): Secrets =>
  kind === 'API key'
    ? { apiKey: { publicKey: id, privateKey: secret } }
    : { serviceAccount: { clientId: id, clientSecret: secret } };
