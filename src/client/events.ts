import { EmulatorError, refused, unreachable } from './transport.js';
import type { EmulatorEvent } from './types.js';
import { query } from './verbs.js';

/** Which events are wanted. */
export interface EventOptions {
  /** Only those of this project. */
  readonly project?: string;
  /** Begins behind the event of this number; with the next one if left out. */
  readonly since?: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the emulator's events as they come, until `signal` or the emulator ends it.
 *
 * @param since the number of the event that it begins behind
 */
export async function* streamEvents(
  url: string,
  token: string | undefined,
  since: number | Promise<number>,
  { project, signal }: EventOptions,
): AsyncGenerator<EmulatorEvent, void, undefined> {
  const scope = project === undefined ? '' : `/projects/${encodeURIComponent(project)}`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let call = `GET ${scope}/events`;
  try {
    const path = `${scope}/events${query({ since: await since })}`;
    call = `GET ${path}`;
    const response = await fetch(`${url}/_emulator${path}`, { headers, ...(signal && { signal }) });
    if (!response.ok || !response.body) throw refused(response.status, await response.text(), call);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield* eventsOf(block);
    }
  } catch (error) {
    if (signal?.aborted) return;
    throw error instanceof EmulatorError ? error : unreachable(url, call, error);
  }
}

/** The event of a block of the stream; none of a comment. */
function* eventsOf(block: string): Generator<EmulatorEvent> {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return;
  const event = JSON.parse(data) as EmulatorEvent;
  if (event.type !== 'lost') yield event;
  else
    yield {
      seq: Number(fields.get('id')),
      at: event.at,
      type: 'lost',
      data: JSON.parse(data) as EmulatorEvent['data'],
    };
}
