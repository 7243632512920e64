/** Exit statuses of the program; `--help` names them too. */
export const STATUS = { failed: 1, usage: 2, portInUse: 3, database: 4 } as const;

/** Why the program ends; `message` is one line that says what and where. */
export class Exit extends Error {
  constructor(
    readonly status: (typeof STATUS)[keyof typeof STATUS],
    message: string,
  ) {
    super(message.replace(/\s+/g, ' '));
  }
}

/** What the program was called with is wrong. */
export class UsageError extends Exit {
  constructor(message: string) {
    super(STATUS.usage, message);
  }
}
