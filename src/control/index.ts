export { controlApi, type ControlledParts } from './api.js';
export { authority } from './authority.js';
export { CLIENTS, type ClientName } from './environment.js';
export { faultSection } from './faults/fault-section.js';
export { FaultStore, faultMigrations, faultTables } from './faults/fault-store.js';
export { isLoopback } from './guard.js';
export { health } from './health.js';
export { observe } from './journal/observation.js';
