import { describe, expect, it } from 'vitest';
import { REMOVED, shownHeaders, shownJson, shownTarget } from '../../src/http/observation/redaction.js';

describe('an address as it is told', () => {
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
  ])('has no secret: %s', (target) => {
    const shown = shownTarget(target);
    expect(shown).not.toContain('HUSH');
    expect(shown).toMatch(/=\[removed\]&a=1$/);
  });

  it.each(['/x', '/x?a=1&b=%zz', '/x?a=b=c&d', '/x?pageNum=1#f', '/token/secret'])(
    'is as it was where it has none: %s',
    (target) => {
      expect(shownTarget(target)).toBe(target);
    },
  );
});

it('an address of a thousand parameters in one another has no secret', () => {
  const target = `/x?${'a='.repeat(8000)}&${'b=?'.repeat(8000)}token=HUSH`;
  expect(shownTarget(target)).toBe(target.replace('HUSH', REMOVED));
});

describe('headers as they are told', () => {
  it('have no secret by their name, or in an address', () => {
    const headers = {
      'x-private-key': 'HUSH',
      'x-api-key': 'HUSH',
      referer: 'http://x/?access_token=HUSH',
      accept: 'a/b;q=0.5',
    };
    expect(shownHeaders(headers)).toEqual({
      'x-private-key': REMOVED,
      'x-api-key': REMOVED,
      referer: `http://x/?access_token=${REMOVED}`,
      accept: 'a/b;q=0.5',
    });
  });
});

describe('JSON as it is told', () => {
  it.each([
    ['{"tokens":["HUSH"],"a":1}', '{"tokens":"[removed]","a":1}'],
    ['{"secret":{"value":"HUSH"}}', '{"secret":"[removed]"}'],
    [String.raw`{"client\u0053ecret":"HUSH"}`, '{"clientSecret":"[removed]"}'],
    ['[{"a":{"private-key":"HUSH"}}]', '[{"a":{"private-key":"[removed]"}}]'],
    ['{"__proto__":{"pwd":"HUSH"}}', '{"__proto__":{"pwd":"[removed]"}}'],
  ])('has no secret: %s', (text, shown) => {
    expect(shownJson(text)).toBe(shown);
  });

  it.each([
    [`{'clientSecret':'HU\\'SH'}`, `{'clientSecret':"[removed]"}`],
    ['{clientSecret: HUSH, a', '{clientSecret: "[removed]", a'],
    ['{"a":1,"token":"HU\\"SH', '{"a":1,"token":"[removed]"'],
    ['{"tokens":["HUSH"],"a":["HUSH"', '{"tokens":"[removed]"'],
    [String.raw`{"\u0070assword":"HU\u0022SH","a`, '{"password":"[removed]","a'],
  ])('has none where it is no whole JSON: %s', (text, shown) => {
    expect(shownJson(text)).toBe(shown);
  });

  it.each(['{ "a" : "b" }', String.raw`{"a": "\u00e9"}`, '{"a":"no token here"}', 'token'])(
    'is as it was where it has none: %s',
    (text) => {
      expect(shownJson(text)).toBe(text);
    },
  );

  it('has none however deep it is', () => {
    const deep = '['.repeat(200_000);
    expect(shownJson(`${deep}{"token":"HUSH"}${']'.repeat(200_000)}`)).not.toContain('HUSH');
  });
});
