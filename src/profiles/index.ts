export * from './condition.js';
export * from './profile.js';
