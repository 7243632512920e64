import { signal } from '@preact/signals';
import { ApiError, send } from './api.js';

/** An event of the emulator. The data of requests is not parsed: they are read from the journal, in batches. */
export interface StreamedEvent {
  readonly type: string;
  readonly project: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Whether events arrive. */
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');

/** The emulator sends something every 15 seconds: after a longer silence the connection is dead. */
const SILENCE_MS = 40_000;

/** A client that is watched must not become slower: its requests arrive in batches. */
const BATCH_MS = 1000;

/** How long the page waits before it connects again: longer with each attempt. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];

/**
 * Follows the events until the page is closed. A connection that breaks is opened again, and resumes after the last
 * event received.
 *
 * @param since the number of the event after which to begin
 * @param onLost runs when events are missing that the emulator no longer has
 * @param onReconnect runs after the connection was lost: another emulator may answer now
 */
export async function followEvents(
  since: number,
  onEvent: (event: StreamedEvent) => void,
  onLost: () => void,
  onReconnect: () => void,
): Promise<never> {
  let last = since;
  for (let attempts = 0; ;) {
    const abort = new AbortController();
    try {
      const headers = { 'last-event-id': String(last) };
      const { body } = await send(`events?everyMs=${BATCH_MS}`, { headers, signal: abort.signal });
      if (!body) throw new ApiError(0, 'The stream of events has no body.');
      if (connection.value === 'lost') onReconnect();
      connection.value = 'live';
      attempts = 0;
      for await (const block of blocksOf(body, abort)) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id === undefined) continue;
        last = Number(id);
        const event = eventOf(block);
        if (event.type === 'lost') onLost();
        else onEvent(event);
      }
    } catch {
      // Tried again below.
    }
    connection.value = 'lost';
    const wait = RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)];
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The blocks of a stream of server-sent events. */
async function* blocksOf(body: ReadableStream<Uint8Array>, abort: AbortController): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let text = '';
  for (;;) {
    const timer = setTimeout(() => abort.abort(), SILENCE_MS);
    const { value, done } = await reader.read();
    clearTimeout(timer);
    if (done) return;
    const blocks = (text + value).split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
}

/** The event of a block. */
function eventOf(block: string): StreamedEvent {
  const type = /^event: (.*)$/m.exec(block)?.[1] ?? '';
  if (type === 'request.finished') return { type, project: undefined, data: {} };
  const { project, data = {} } = JSON.parse(
    /^data: (.*)$/m.exec(block)?.[1] ?? '{}',
  ) as Partial<StreamedEvent>;
  return { type, project, data };
}
