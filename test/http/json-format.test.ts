import { describe, expect, it } from 'vitest';
import { pretty } from '../../src/http/replies/pretty.js';

describe('indented JSON', () => {
  it('pretty() formats an object like the recorded 401', () => {
    const body = {
      error: 401,
      reason: 'Unauthorized',
      detail: 'You are not authorized for this resource.',
      errorCode: 'UNEXPECTED_ERROR',
    };
    expect(pretty(body)).toBe(
      '{\n  "error" : 401,\n  "reason" : "Unauthorized",\n  "detail" : "You are not authorized for this resource.",\n  "errorCode" : "UNEXPECTED_ERROR"\n}',
    );
  });

  it.each<[unknown, string]>([
    [{}, '{ }'],
    [[], '[ ]'],
    [null, 'null'],
    [true, 'true'],
    [-1.5e300, '-1.5e+300'],
    ['a"b\\c\n\u0000\u2028é', '"a\\"b\\\\c\\n\\u0000\u2028é"'],
    ['\ud800', '"\\ud800"'],
    [['a', 'b'], '[ "a", "b" ]'],
    [{ a: [] }, '{\n  "a" : [ ]\n}'],
    [{ a: { b: 1 } }, '{\n  "a" : {\n    "b" : 1\n  }\n}'],
    [{ a: [{ b: 1 }, { c: 2 }] }, '{\n  "a" : [ {\n    "b" : 1\n  }, {\n    "c" : 2\n  } ]\n}'],
    [[[1], []], '[ [ 1 ], [ ] ]'],
    [{ 'k"ey': 1 }, '{\n  "k\\"ey" : 1\n}'],
  ])('pretty() formats %j', (value, text) => {
    expect(pretty(value)).toBe(text);
    expect(JSON.parse(pretty(value))).toEqual(value);
  });

  it('pretty() retains the order of keys, including __proto__', () => {
    const text = '{"b":1,"__proto__":{"x":1},"a":2}';
    expect(JSON.stringify(JSON.parse(pretty(JSON.parse(text))))).toBe(text);
  });
});
