export type { AtlasFetch, Caller, FetchInit } from './caller.js';
export { connectEmulator, emulatorOver, type Emulator } from './emulator.js';
export type { EventOptions } from './events.js';
export type { Project } from './project.js';
export type { Links, Resource, Rules, StateReport, StateStep } from './resource.js';
export {
  addressOf,
  EmulatorError,
  sendByFetch,
  transportOver,
  type Send,
  type Transport,
} from './transport.js';
export type * from './types.js';
export type { Clock, Faults, Requests, Snapshots, Verbs } from './verbs.js';
