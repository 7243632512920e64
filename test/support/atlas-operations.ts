import { readFileSync } from 'node:fs';

/** One operation of Atlas, as `fixtures/atlas-operations.txt` names it. */
export interface AtlasOperation {
  readonly method: string;
  /** Below `/api/atlas/v2`. */
  readonly path: string;
  readonly id: string;
}

export const ATLAS_OPERATIONS_FILE = new URL('../../fixtures/atlas-operations.txt', import.meta.url);

/** Every operation of Atlas, in the order of the file. */
export const ATLAS_OPERATIONS: readonly AtlasOperation[] = readFileSync(ATLAS_OPERATIONS_FILE, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .flatMap((line) => {
    const [path = '', ...words] = line.split(' ');
    return words.flatMap((method, at) =>
      at % 2 === 0 ? [{ method, path: path.replace('/api/atlas/v2', ''), id: words[at + 1] ?? '' }] : [],
    );
  });
