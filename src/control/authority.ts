import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';

const group = controlGroup('/ca.pem', {
  scope: 'server',
  tag: { name: 'ca', description: 'Whom clients over https must trust.' },
});

/**
 * `GET /_emulator/ca.pem`: the authority that clients over https must trust. Like the health it is served without a
 * token, and with `--no-control`: it is not secret, and without it a client could not ask for anything.
 *
 * @param ca as PEM; undefined where https is served with the user's own certificate
 */
export function authorityOperation(ca: string | undefined): ControlOperation {
  return group('GET', '', {
    id: 'getAuthority',
    summary: 'Gives the authority that clients over https must trust.',
    security: [],
    mediaType: 'application/x-pem-file',
    errors: [404],
    handle() {
      if (ca !== undefined) return ca;
      throw new ControlError(
        404,
        'Https is served with the certificate of --tls-cert: its authority is known to whoever made it.',
      );
    },
  });
}
