/** What a status means for a person, which decides its color. */
export type Tone = 'ok' | 'moved' | 'wrong' | 'failed' | 'none';

/** The tone of an HTTP status; 0 if no response was sent. */
export function toneOf(status: number): Tone {
  if (status === 0) return 'none';
  if (status < 300) return 'ok';
  if (status < 400) return 'moved';
  return status < 500 ? 'wrong' : 'failed';
}

/** A class of the style sheet for each state of a link; states of later resources are neutral. */
const STATES: Readonly<Record<string, string>> = {
  PENDING: 'pending',
  IDLE: 'idle',
  WORKING: 'working',
  DONE: 'done',
  FAILED: 'failed',
  DELETE_REQUESTED: 'deleting',
  DELETING: 'deleting',
  DELETED: 'gone',
};

/** The class that gives an element the color of a state. */
export const stateClass = (state: string): string => `state-${STATES[state] ?? 'other'}`;

/** The states that a link can be put into. */
export const LINK_STATES = Object.keys(STATES);
