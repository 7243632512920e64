// Declared below the features, which bring operations of their own.
export * from '../http/control-operation.js';
