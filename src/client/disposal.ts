/**
 * Where `await using` looks for the end of a resource. In realms that tests run in (Jest's, and vitest's `vmThreads`) Node
 * 20 and 22 have no such symbol, and what compiles the syntax for them takes this one.
 */
export const ASYNC_DISPOSE: typeof Symbol.asyncDispose =
  (Symbol as Partial<Pick<SymbolConstructor, 'asyncDispose'>>).asyncDispose ??
  (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);
