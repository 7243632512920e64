export { AccessGuard, isLoopback } from './guard.js';
export { CONTROL_PREFIX, installControl, type ControlParts } from './install.js';
export { clockOperations } from './clock.js';
export { observe, type Observation } from './observation.js';
export { projectControl } from './projects.js';
export { World } from './world.js';
export { worldOperations } from './world-operations.js';
