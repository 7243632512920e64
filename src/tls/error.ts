/** TLS cannot be served as the settings want it; `message` is one line that says which file or setting. */
export class TlsError extends Error {}
