import { describe, expect, it } from 'vitest';
import { REMOVED, redactHeaders, redactJson, redactTarget } from '../../src/http/observation/redaction.js';

describe('redactTarget()', () => {
  it.each([
    '/x?client_secret=HUSH&a=1',
    '/x?client_%73ecret=HUSH&a=1',
    '/x?private-key=HUSH&a=1',
    '/x?apiKey=HUSH&a=1',
    '/x?password[]=HUSH&a=1',
    '/x?passwd=HUSH&a=1',
    '/x?token=HUSH?HUSH/HUSH=HUSH&a=1',
    '/x?b=2?access_token=HUSH&a=1',
    '/x;token=HUSH&a=1',
  ])('redactTarget() removes the secret of %s', (target) => {
    const shown = redactTarget(target);
    expect(shown).not.toContain('HUSH');
    expect(shown).toMatch(/=\[removed\]&a=1$/);
  });

  it.each(['/x', '/x?a=1&b=%zz', '/x?a=b=c&d', '/x?pageNum=1#f', '/token/secret'])(
    'redactTarget() leaves a target without a secret unchanged: %s',
    (target) => {
      expect(redactTarget(target)).toBe(target);
    },
  );
});

it.each([
  ['/groups/mdb%5Fsa%5fsk_HUSH', '/groups/[removed]'],
  ['/groups/mdb_at%5fHU%53H?a=1', '/groups/[removed]?a=1'],
  ['http://user:HU@SH@localhost/x', 'http://[removed]@localhost/x'],
])('redactTarget() removes the secret of %s', (target, shown) => {
  expect(redactTarget(target)).toBe(shown);
});

it('redactTarget() removes the secret of a target with a thousand nested parameters', () => {
  const target = `/x?${'a='.repeat(8000)}&${'b=?'.repeat(8000)}token=HUSH`;
  expect(redactTarget(target)).toBe(target.replace('HUSH', REMOVED));
});

it('redactHeaders() removes secrets from headers named like one and from addresses in headers', () => {
  const headers = {
    'x-private-key': 'HUSH',
    'x-api-key': 'HUSH',
    referer: 'http://x/?access_token=HUSH',
    accept: 'a/b;q=0.5',
  };
  expect(redactHeaders(headers)).toEqual({
    'x-private-key': REMOVED,
    'x-api-key': REMOVED,
    referer: `http://x/?access_token=${REMOVED}`,
    accept: 'a/b;q=0.5',
  });
});

describe('redactJson()', () => {
  it.each([
    ['{"tokens":["HUSH"],"a":1}', '{"tokens":"[removed]","a":1}'],
    ['{"secret":{"value":"HUSH"}}', '{"secret":"[removed]"}'],
    [String.raw`{"client\u0053ecret":"HUSH"}`, '{"clientSecret":"[removed]"}'],
    ['[{"a":{"private-key":"HUSH"}}]', '[{"a":{"private-key":"[removed]"}}]'],
    ['{"__proto__":{"pwd":"HUSH"}}', '{"__proto__":{"pwd":"[removed]"}}'],
    ['{"access token.value" : "HUSH"}', '{"access token.value":"[removed]"}'],
  ])('redactJson() removes the secret of %s', (text, shown) => {
    expect(redactJson(text)).toBe(shown);
  });

  it.each([
    [`{'clientSecret':'HU\\'SH'}`, `{'client[removed]`],
    ['{clientSecret: HUSH, a', '{client[removed]'],
    ['{"a":1,"token":"HU\\"SH', '{"a":1,"[removed]'],
    ['{"token.value":"HUSH', '{"[removed]'],
    ['{"tokens":["HUSH"],"a":["HUSH"', '{"[removed]'],
    [String.raw`{"\u0070assword":"HU\u0022SH","a`, '{"[removed]'],
    [String.raw`{"a":1,"to\u006ben":"HUSH","b`, '{"a":1,"to[removed]'],
  ])('redactJson() truncates invalid JSON before the first secret: %s', (text, shown) => {
    expect(redactJson(text)).toBe(shown);
  });

  it.each(['{ "a" : "b" }', String.raw`{"a": "\u00e9"}`, '{"a":"no token here"}', 'token'])(
    'redactJson() leaves text without a secret unchanged: %s',
    (text) => {
      expect(redactJson(text)).toBe(text);
    },
  );

  it('redactJson() removes a secret at any depth', () => {
    const deep = '['.repeat(200_000);
    expect(redactJson(`${deep}{"token":"HUSH"}${']'.repeat(200_000)}`)).not.toContain('HUSH');
  });
});
