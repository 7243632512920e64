/** States that clients know, and PENDING, which is the project owner's own word. */
export const STATES = [
  'PENDING',
  'IDLE',
  'WORKING',
  'DONE',
  'FAILED',
  'DELETE_REQUESTED',
  'DELETING',
  'DELETED',
] as const;
export type State = (typeof STATES)[number];

/** How long the passing states last, unless set; in milliseconds. */
export const DURATIONS = {
  pendingMs: { default: 2000, description: 'how long a documented link stays PENDING' },
  idleMs: { default: 0, description: 'how long an observed link stays IDLE' },
  workingMs: { default: 0, description: 'how long an observed link stays WORKING' },
  deleteRequestedMs: { default: 0, description: 'how long an observed link stays DELETE_REQUESTED' },
  deletingMs: { default: 0, description: 'how long an observed link stays DELETING' },
} as const;

/** A state of a lifecycle, and how long it lasts; the last one has no end. */
export interface LinkStage {
  readonly state: State;
  readonly lasts?: keyof typeof DURATIONS;
}
