export { callersOf } from './access.js';
export { controlApi, type Core } from './api.js';
export { faultSection } from './faults/faults.js';
export { installControl } from './install.js';
export { openOperations } from './server.js';
