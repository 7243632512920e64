/** A request that the control API cannot serve; `message` says what was expected. Nothing has changed. */
export class ControlError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 415 | 503,
    message: string,
  ) {
    super(message);
  }
}
