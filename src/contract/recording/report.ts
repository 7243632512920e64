import type { Recording } from './recording.js';
import type { Finding } from './verify.js';

/** How many calls a line names. */
const NAMED = 3;

/** What a recording has, in a few lines. */
export function summaryOf({ steps }: Recording, out: string, deleted: number): string {
  const left = steps.filter((step) => step.left !== undefined);
  const waits = steps.filter((step) => step.ended === false);
  return [
    `${steps.length - left.length} of ${steps.length} calls are recorded in ${out}.`,
    ...left.map(({ name, left: why = '' }) => `  left out: ${name} (${why})`),
    ...waits.map(({ name, states = [] }) => `  not to the end: ${name} (${states.join(', ')})`),
    ...(deleted > 0 ? [`  links deleted at the end: ${deleted}`] : []),
    '',
  ].join('\n');
}

/** The differences between a recording and the emulator, those that are not known first. */
export function reportOf(findings: readonly Finding[], { steps }: Recording): string {
  const known = findings.filter((one) => one.known.length > 0);
  const unknown = findings.filter((one) => one.known.length === 0);
  const lines = [...unknown, ...known].flatMap(({ difference, calls, settles, known: names }) => {
    const where = calls.length > NAMED ? `${calls.length} calls` : calls.join(', ');
    const settled = settles.length > 0 && names.length === 0 ? `; settles ${settles.join(', ')}` : '';
    const knownAs = names.length > 0 ? `; known as ${names.join(', ')}` : '';
    return [difference, `  in ${where}${settled}${knownAs}`];
  });
  const compared = steps.filter(({ answer }) => answer !== undefined).length;
  const noun = unknown.length === 1 ? 'difference' : 'differences';
  const also = known.length > 0 ? `, and ${known.length} known ${known.length === 1 ? 'one' : 'ones'}` : '';
  const count = unknown.length === 0 ? 'No' : unknown.length;
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    `${count} ${noun}${also}, in ${compared} calls.`,
    '',
  ].join('\n');
}
