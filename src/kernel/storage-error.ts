/** The file cannot be read or written now; `message` says why, and what helps. Nothing has changed. */
export class StorageError extends Error {}

/** The error of a stored text that another program has changed. */
export const notJson = (cause: unknown): StorageError =>
  new StorageError('The database has a row with a text that is not JSON: use another file.', { cause });
