/**
 * An addon compiled with the headers of Node 24.19 to 24.21 aborts the process when V8 collects one of its objects while
 * no JavaScript runs (nodejs/node#65446). There each is kept for as long as the process lives: some 0.2 MB for each
 * emulator that was closed.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const kept: unknown[] | undefined = major === 24 && minor >= 19 ? [] : undefined;

/** Returns what the addon made, kept from collection where that would abort. */
export function keep<Made>(made: Made): Made {
  kept?.push(made);
  return made;
}
