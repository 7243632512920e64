import { Type } from '@sinclair/typebox';
import { controlOperation, type AnyControlOperation } from './operation.js';

/** `GET /_emulator/config`: what the emulator runs with. @param settings without secrets */
export function configurationOperation(settings: Readonly<Record<string, unknown>>): AnyControlOperation {
  return controlOperation({
    id: 'getConfig',
    method: 'GET',
    path: '/config',
    scope: 'server',
    summary: 'Tells the settings that the emulator runs with, without secrets.',
    response: Type.Record(Type.String(), Type.Unknown(), {
      description: 'the settings by their keys; a control token only as whether it is set',
    }),
    handle: () => settings,
  });
}
