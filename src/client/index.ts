export type { AtlasFetch, Caller, FetchInit } from './caller.js';
export { connectEmulator, emulatorOver, type Emulator } from './emulator.js';
export type { EventOptions } from './events.js';
export type { Project } from './project.js';
export type { Links, Resource, StateReport, StateStep } from './resource.js';
export * from './transport.js';
export type * from './types.js';
export type { Clock, Faults, Requests, Rules, Snapshots, Verbs } from './verbs.js';
