export * from './condition.js';
export * from './dress.js';
export * from './profile.js';
