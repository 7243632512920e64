import { onTestFinished } from 'vitest';
import type { ManualClock } from '../support/clock.js';

/** A server-sent event. */
export interface Received {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
  /** The text of a comment. */
  readonly comment: string | undefined;
}

/** Reads server-sent events, one by one. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event or comment; undefined at the end. */
  async next(): Promise<Received | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return parse(block);
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  /** The events up to and including the first that matches, or up to the end, without comments. */
  async until(meant: (event: Received) => boolean = () => false): Promise<Received[]> {
    const events: Received[] = [];
    for (let one = await this.next(); one; one = await this.next()) {
      if (one.comment !== undefined) continue;
      events.push(one);
      if (meant(one)) break;
    }
    return events;
  }
}

/** Opens an event stream, which is subscribed when this resolves. */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader & { leave: () => void }> {
  const controller = new AbortController();
  onTestFinished(() => {
    controller.abort();
  });
  const response = await fetch(url, { headers, signal: controller.signal });
  if (response.status !== 200 || !response.body) throw new Error(await response.text());
  return Object.assign(new EventReader(response.body), {
    leave: () => {
      controller.abort();
    },
  });
}

/** The events of a stream that has ended. */
export function parseEvents(text: string): Received[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map(parse)
    .filter(({ comment }) => comment === undefined);
}

function parse(block: string): Received {
  const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
  return { id: field('id'), event: field('event'), data: field('data'), comment: field('') };
}

/** Resolves when the emulator sets another alarm. */
export function nextAlarm({ clock }: { readonly clock: ManualClock }): Promise<void> {
  const setAlarm = clock.setAlarm.bind(clock);
  return new Promise((resolve) => {
    clock.setAlarm = (at, ring) => {
      clock.setAlarm = setAlarm;
      resolve();
      return setAlarm(at, ring);
    };
  });
}

/** Resolves when an alarm that is set from now on is cancelled. */
export function nextCancel({ clock }: { readonly clock: ManualClock }): Promise<void> {
  const setAlarm = clock.setAlarm.bind(clock);
  return new Promise((resolve) => {
    clock.setAlarm = (at, ring) => {
      const cancel = setAlarm(at, ring);
      return () => {
        cancel();
        resolve();
      };
    };
  });
}
