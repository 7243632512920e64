import type { EmulatorEvent, RequestDetail } from '../../kernel/events.js';

export type RequestEvent = Extract<EmulatorEvent, { type: 'request.finished' }>;

/** A recorded request: its event, and the headers and bodies that the bus does not retain. */
export interface Entry {
  readonly event: RequestEvent;
  readonly detail: RequestDetail;
}

/** Approximate bytes of an entry beside its texts. */
const ENTRY_BYTES = 1024;

/** Approximate bytes that an entry takes in memory. */
export function sizeOf(
  { data: { path, reason = '' } }: RequestEvent,
  { request, response }: RequestDetail,
): number {
  let size = ENTRY_BYTES + path.length + reason.length;
  for (const { headers, body = '' } of [request, response]) {
    size += body.length;
    for (const name in headers) size += headers[name]?.length ?? 0;
  }
  return size;
}
