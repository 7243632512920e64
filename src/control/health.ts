import { Type } from '@sinclair/typebox';
import { controlGroup, type ControlOperation } from '../http/operation.js';

const group = controlGroup('/health', {
  scope: 'server',
  tag: { name: 'health', description: 'Whether the emulator is ready.' },
});

/**
 * `GET /_emulator/health`: 200 once the emulator can answer. It is served without a token, and with `--no-control`.
 *
 * @param missing the operations of Atlas that clients requested and that are not emulated
 */
export function healthOperation(version: string, missing: ReadonlySet<string>): ControlOperation {
  return group('GET', '', {
    id: 'getHealth',
    summary: 'Returns 200 once the emulator is ready.',
    security: [],
    response: Type.Object(
      {
        status: Type.Literal('ready', { description: 'It can answer.' }),
        version: Type.String({ description: 'Its version.' }),
        notEmulated: Type.Array(Type.String(), {
          description: 'Operations that clients requested and that are not emulated.',
        }),
      },
      { title: 'Health', description: 'How it is.' },
    ),
    handle: () => ({ status: 'ready', version, notEmulated: [...missing] }),
  });
}
