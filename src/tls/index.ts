export { TlsError } from './error.js';
export { tlsIdentity, type TlsIdentity, type TlsSettings } from './identity.js';
export { besideHttp, finish, listen } from './server.js';
