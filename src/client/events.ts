import { EmulatorError, query, refused, unreachable } from './transport.js';
import type { EmulatorEvent } from './types.js';

/** Which events to stream. */
export interface EventOptions {
  /** Only those of this project. */
  readonly project?: string;
  /** Starts after the event with this number; by default with the next event. */
  readonly since?: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/**
 * Streams the emulator's events until `signal` or the emulator ends the stream.
 *
 * @param since the number of the event after which it starts
 */
export async function* streamEvents(
  url: string,
  token: string | undefined,
  since: number | Promise<number>,
  { project, signal }: EventOptions,
): AsyncGenerator<EmulatorEvent, void, undefined> {
  const scope = project === undefined ? '' : `/projects/${encodeURIComponent(project)}`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const call = `GET ${scope}/events`;
  try {
    const target = `${url}/_emulator${scope}/events${query({ since: await since })}`;
    const response = await fetch(target, { headers, ...(signal && { signal }) });
    if (!response.ok || !response.body) throw refused(response.status, await response.text(), call);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      yield* blocks.flatMap(eventsIn);
    }
  } catch (error) {
    if (signal?.aborted) return;
    throw error instanceof EmulatorError ? error : unreachable(url, call, error);
  }
}

/** The event of a block of the stream; none if the block is a comment. */
function eventsIn(block: string): EmulatorEvent[] {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return [];
  const event = JSON.parse(data) as EmulatorEvent;
  if (event.type !== 'lost') return [event];
  return [{ seq: Number(fields.get('id')), at: event.at, type: 'lost', data: { ...event } }];
}
