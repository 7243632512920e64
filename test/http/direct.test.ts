import { describe, expect, it } from 'vitest';
import { API, SEEDED } from '../support/emulator.js';
import { openRaw, sendRaw, shareRaw } from '../support/raw.js';

const open = shareRaw();
const { project } = SEEDED.documented;

/** The heads and bodies of responses, one after the other, by their content-length; those of `HEAD` have none. */
function responsesIn(answer: string, isHead = false): { head: string[]; body: string }[] {
  const responses = [];
  for (let rest = answer; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end - 4).split('\r\n');
    const length = isHead ? 0 : Number(/content-length: (\d+)/.exec(rest)?.[1] ?? 0);
    responses.push({ head, body: Buffer.from(rest.slice(end, end + length), 'latin1').toString() });
    rest = rest.slice(end + length);
  }
  return responses;
}

/** What differs between two responses over one connection. */
const OWN = /^(?:Connection|Keep-Alive|Date|ratelimit-remaining|www-authenticate):/;

describe('a response that is written at once', () => {
  it.each([
    ['a project', 'GET', `${API}/groups/${project}`, false],
    ['a page', 'GET', `${API}/groups?pretty=true`, false],
    ['a refusal', 'GET', `${API}/groups/${'f'.repeat(24)}`, false],
    ['an unknown path', 'GET', '/nothing', false],
    ['the head of a project', 'HEAD', `${API}/groups/${project}`, true],
    ['a response of the control API', 'GET', '/_emulator/clock', false],
  ])(
    '%s is the same over a connection that stays open as in the last response',
    async (_, method, path, isHead) => {
      const { url, head } = await open();
      const closing = `${head(`${method} ${path} HTTP/1.1`)}\r\n`;
      const staying = closing.replace('Connection: close\r\n', '');
      const [first, second, ...more] = responsesIn(await sendRaw(url, staying + closing), isHead);
      expect(more).toEqual([]);
      const own = (lines: string[] = []) => lines.filter((line) => !OWN.test(line));
      expect(own(first?.head)).toEqual(own(second?.head));
      if (path !== '/_emulator/clock') expect(first?.body).toBe(second?.body);
      const date = first?.head.find((line) => line.startsWith('Date: ')) ?? '';
      expect(Date.parse(date.slice(6))).toBeGreaterThan(Date.parse('2026-01-01'));
      expect(first?.head.slice(-2)).toEqual(['Connection: keep-alive', 'Keep-Alive: timeout=72']);
      expect(second?.head.at(-1)).toBe('Connection: close');
    },
  );

  it('text beyond ASCII arrives as it is stored', async () => {
    const { url, head } = await openRaw();
    const body = Buffer.from(JSON.stringify({ name: 'Zürich-漢字' })).toString('latin1');
    const update = `${head(`PATCH ${API}/groups/${project} HTTP/1.1`, 'Content-Type: application/json', `Content-Length: ${body.length}`)}\r\n${body}`;
    const read = `${head(`GET ${API}/groups/${project} HTTP/1.1`)}\r\n`;
    const bytes = Buffer.from(update.replace('Connection: close\r\n', '') + read, 'latin1');
    const responses = responsesIn(await sendRaw(url, bytes));
    expect(responses).toHaveLength(2);
    for (const response of responses)
      expect(JSON.parse(response.body)).toMatchObject({ name: 'Zürich-漢字' });
  });

  it('a header of a fault rule replaces the one that each response has', async () => {
    const { url, head } = await openRaw();
    const rule = JSON.stringify({
      answer: { status: 503, headers: { Date: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
    });
    const headers = { 'content-type': 'application/json' };
    const added = await fetch(`${url}/_emulator/faults`, { method: 'POST', headers, body: rule });
    expect(added.status).toBe(201);
    const staying = `${head(`GET ${API}/groups HTTP/1.1`)}\r\n`.replace('Connection: close\r\n', '');
    const [response] = responsesIn(
      await sendRaw(url, `${staying}${head('GET /_emulator/clock HTTP/1.1')}\r\n`),
    );
    const dates = response?.head.filter((line) => /^date:/i.test(line));
    expect(dates).toEqual(['date: Thu, 01 Jan 2026 00:00:00 GMT']);
  });

  it('a client of HTTP/1.0 that asks for it keeps its connection', async () => {
    const { url } = await open();
    const request = (more: string): string =>
      `GET /_emulator/clock HTTP/1.0\r\nHost: emulator\r\n${more}\r\n`;
    const responses = responsesIn(await sendRaw(url, request('Connection: keep-alive\r\n') + request('')));
    expect(responses.map(({ head }) => head.at(-1))).toEqual(['Keep-Alive: timeout=72', 'Connection: close']);
  });
});
