export { controlApi, type Core } from './api.js';
export { authorityOperation } from './authority.js';
export { CLIENTS, type ClientName } from './environment.js';
export { faultSection } from './faults/fault-section.js';
export { FaultStore, faultMigrations, faultTables } from './faults/fault-store.js';
export { isLoopback } from './guard.js';
export { healthOperation } from './health.js';
export { installControl } from './install.js';
export { observe } from './journal/observation.js';
