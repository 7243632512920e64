import { describe, expect, it } from 'vitest';
import { acceptedVersion, BODY_TYPE } from '../../src/http/steps/version.js';
import { Refusal } from '../../src/profiles/index.js';
import { API, linksPath, TestEmulator } from '../support/emulator.js';

const VERSIONS = ['2023-02-01', '2024-11-13', '2025-03-12'] as const;

/** The version that answers, or the name of the condition. */
function resolved(accept: string | undefined): string {
  try {
    return acceptedVersion(accept, VERSIONS);
  } catch (error) {
    if (error instanceof Refusal) return error.condition.name;
    throw error;
  }
}

const atlas = (date: string): string => `application/vnd.atlas.${date}+json`;

describe('Accept header', () => {
  it.each([
    ['2023-02-01', '2023-02-01'],
    ['2023-02-02', '2023-02-01'],
    ['2024-02-29', '2023-02-01'],
    ['2024-05-30', '2023-02-01'],
    ['2024-11-12', '2023-02-01'],
    ['2024-11-13', '2024-11-13'],
    ['2025-03-11', '2024-11-13'],
    ['2025-03-12', '2025-03-12'],
    ['9999-12-31', '2025-03-12'],
  ])(
    'an Accept header with the date %s selects the version %s, the newest that is not later',
    (date, version) => {
      expect(resolved(atlas(date))).toBe(version);
    },
  );

  it.each([
    '2023-01-31',
    '1999-12-31',
    '0000-00-00',
    '2024-02-30',
    '2023-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-05-32',
    '2024-05-00',
    '2024-5-30',
    '20240530',
    '2024-05-30-01',
    ' 2024-05-30',
    'preview',
    'upcoming',
    '',
  ])('an Accept header with the date "%s" is refused', (date) => {
    expect(resolved(atlas(date))).toBe('notAcceptable');
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/xml, text/html',
    'application/vnd.atlas+json',
    'application/vnd.atlas.2024-05-30',
    'application/vnd.atlas.2024-05-30+gzip',
    'application/vnd.atlas.2024-05-30+csv',
    'text/vnd.atlas.2024-05-30+json',
    `x${atlas('2024-05-30')}`,
    `${atlas('2024-05-30')}x`,
    `"${atlas('2024-05-30')}"`,
    ',,,;;;===',
  ])('the Accept header %s is refused', (accept) => {
    expect(resolved(accept)).toBe('notAcceptable');
  });

  it.each([
    ['capitals', 'APPLICATION/VND.ATLAS.2024-05-30+JSON', '2023-02-01'],
    ['parameters', `${atlas('2024-11-13')};charset=utf-8`, '2024-11-13'],
    ['parameters and a weight', `${atlas('2024-11-13')} ; charset=utf-8 ; q=0.1`, '2024-11-13'],
    ['others before it', `application/json, ${atlas('2024-11-13')}`, '2024-11-13'],
    ['others after it', `${atlas('2024-11-13')}, */*`, '2024-11-13'],
    ['no spaces', `text/html,${atlas('2024-11-13')},*/*;q=0.8`, '2024-11-13'],
    ['two dates: the first of equal weight', `${atlas('2023-02-01')}, ${atlas('2025-03-12')}`, '2023-02-01'],
    ['two dates: the heavier', `${atlas('2023-02-01')};q=0.5, ${atlas('2025-03-12')};q=0.9`, '2025-03-12'],
    [
      'two dates: the one without a weight',
      `${atlas('2023-02-01')};q=0.5, ${atlas('2025-03-12')}`,
      '2025-03-12',
    ],
    [
      'two dates: the one that can be answered',
      `${atlas('2020-01-01')}, ${atlas('2025-03-12')};q=0.1`,
      '2025-03-12',
    ],
    ['a weight in capitals', `${atlas('2023-02-01')};Q=0.2, ${atlas('2025-03-12')};q=0.3`, '2025-03-12'],
    ['weight nought', `${atlas('2024-11-13')};q=0`, 'notAcceptable'],
    [
      'weight nought, and another',
      `${atlas('2024-11-13')};q=0.0, ${atlas('2023-02-01')};q=0.001`,
      '2023-02-01',
    ],
    ['a weight that is none', `${atlas('2024-11-13')};q=high`, 'notAcceptable'],
  ])('an Accept header may have %s', (_what, accept, outcome) => {
    expect(resolved(accept)).toBe(outcome);
  });

  it('a refused Accept header says what to send', () => {
    expect(() => acceptedVersion('*/*', VERSIONS)).toThrow(
      expect.objectContaining({
        condition: expect.objectContaining({
          remedy:
            'Send Accept: application/vnd.atlas.2025-03-12+json (any calendar date from 2023-02-01 on is taken).',
        }) as unknown,
      }),
    );
  });

  it.each(['documented', 'observed'] as const)(
    'a refused Accept header is a 406 in the form of the %s profile',
    async (profile) => {
      const emulator = await TestEmulator.start();
      const response = await emulator.as('owner', profile, {
        url: linksPath(profile),
        headers: { accept: 'application/json' },
      });
      expect(response.statusCode).toBe(406);
      expect(response.headers['content-type']).toBe('application/json');
      if (profile === 'observed') {
        // Recorded, byte for byte.
        expect(response.body).toBe(
          '{"detail":"Invalid accept header or version date.","error":406,"errorCode":"INVALID_VERSION_DATE","parameters":[],"reason":"Not Acceptable"}',
        );
      } else {
        expect(Object.keys(response.json<object>())).toEqual(['error', 'detail', 'reason', 'errorCode']);
        expect(response.json<{ detail: string }>().detail).toContain('application/vnd.atlas.2023-02-01+json');
      }
    },
  );

  it.each(['owner', 'reader'] as const)(
    'a response has the media type of its version (%s)',
    async (caller) => {
      const emulator = await TestEmulator.start();
      const response = await emulator.as(caller, 'documented', { url: linksPath('documented') });
      expect(response.headers['content-type']).toBe('application/vnd.atlas.2023-02-01+json;charset=utf-8');
      const groups = await emulator.as(caller, 'documented', { url: `${API}/groups` });
      expect(groups.headers['content-type']).toBe('application/vnd.atlas.2023-01-01+json;charset=utf-8');
    },
  );
});

describe('media type of a request body', () => {
  it.each([
    ['application/json', true],
    ['application/json;charset=utf-8', true],
    ['application/json ; charset=utf-8', true],
    ['Application/JSON', true],
    [atlas('2023-02-01'), true],
    [`${atlas('2023-02-01')}; charset=utf-8`, true],
    [atlas('2024-02-30'), true],
    [atlas('preview'), true],
    ['application/jsonx', false],
    ['application/json+x', false],
    ['application/problem+json', false],
    ['text/json', false],
    ['text/plain', false],
    ['application/vnd.atlas.2023-02-01+gzip', false],
    ['application/x-www-form-urlencoded', false],
    ['x application/json', false],
  ])('the media type %s of a request body is accepted: %s', (type, taken) => {
    expect(BODY_TYPE.test(type)).toBe(taken);
  });

  it.each([
    ['application/json', 200],
    [atlas('2023-02-01'), 200],
    [`${atlas('2024-05-30')};charset=utf-8`, 200],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/problem+json', 415],
    ['nonsense', 415],
    ['', 415],
  ])('a request body of the type "%s" gets the status %i', async (type, status) => {
    const emulator = await TestEmulator.start();
    const response = await emulator.as('owner', 'documented', {
      method: 'POST',
      url: linksPath('documented'),
      headers: { 'content-type': type },
      payload: '{"provider":"AWS"}',
    });
    expect(response.statusCode).toBe(status);
    if (status === 415) expect(response.json<{ detail: string }>().detail).toContain('application/json');
  });
});
