import { Type } from '@sinclair/typebox';
import { controlGroup, type ControlOperation } from '../http/operation.js';

const group = controlGroup('/config', {
  scope: 'server',
  tag: { name: 'config', description: 'What the emulator runs with.' },
});

/** `GET /_emulator/config`: what the emulator runs with. @param settings without secrets */
export function configurationOperation(settings: Readonly<Record<string, unknown>>): ControlOperation {
  return group('GET', '', {
    id: 'getConfig',
    summary: 'Returns the settings of the emulator, without secrets.',
    response: Type.Record(Type.String(), Type.Unknown(), {
      description: 'the settings by their keys; a control token only as whether it is set',
    }),
    handle: () => settings,
  });
}
