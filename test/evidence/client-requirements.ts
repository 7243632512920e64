import { expect } from 'vitest';
import { nonceOf } from '../support/digest.js';
import type { ClientStep } from '../support/evidence.js';
import type { MadeLink, ReplayedStep } from './replay.js';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that Terraform would report as a change made outside of it if they were not sent. */
const NEVER_ADDED = ['serviceEndpointId', 'arn', 'gcpServiceAttachmentUris'];

/** Codes that only the stub server of the recording had. */
const CODES_OF_THE_STUB = ['STREAM_PRIVATE_LINK_NOT_FOUND'];

/** Checks what a client requires of a response besides its status. */
export function expectClientRequirements(replayed: ReplayedStep): void {
  const { step, link, response } = replayed;
  if (response.statusCode === 204) return;
  if (response.statusCode === 200 && step.path === '/api/oauth/revoke') {
    expect(response.body).toBe('');
    return;
  }
  expect(response.headers['content-type']).toMatch(/^application\/(vnd\.atlas\.[\d-]+\+)?json\b/);
  if (response.statusCode >= 400) expectError(replayed);
  else if (step.path === '/api/oauth/token') expectToken(response.json());
  else if (step.path.includes('/privateLinkConnections'))
    expectLinks(step, link, contentOf(step, response.json()));
  else if (step.path.includes('/accountDetails')) {
    expect(response.json<Fields>()).toMatchObject({
      cloudProvider: 'aws',
      cidrBlock: expect.any(String) as string,
    });
  }
}

function expectLinks(step: ClientStep, link: MadeLink | undefined, body: Fields): void {
  if (step.method === 'POST') expectEcho(body, JSON.parse(step.body ?? '') as Fields);
  else if (step.method === 'DELETE') expect(body).toEqual({});
  else if (step.method === 'PATCH') expect(body).toMatchObject(JSON.parse(step.body ?? '') as Fields);
  else if (link) expectConfigured(body, link);
  else {
    const results = body.results as Fields[];
    expect(body.totalCount).toBe(results.length);
    for (const one of results)
      expect(one).toMatchObject({ _id: expect.any(String) as string, state: 'DONE' });
  }
}

/** The body of a response without its envelope. */
function contentOf({ path }: ClientStep, body: Fields): Fields {
  if (!path.includes('envelope=true')) return body;
  expect(Object.keys(body)).toEqual(['status', 'content']);
  return body.content as Fields;
}

/** A create responds with an id and the fields as sent, and adds no field of NEVER_ADDED. */
function expectEcho(answer: Fields, body: Fields): void {
  expect(answer._id).toMatch(/^[a-f0-9]{24}$/);
  const sent = present(body);
  for (const [name, value] of Object.entries(sent)) expect(answer[name], name).toEqual(value);
  for (const name of NEVER_ADDED) if (!(name in sent)) expect(answer).not.toHaveProperty(name);
}

/** The fields that GET must show so that a second plan of Terraform is empty; the state is DONE at the first read. */
function expectConfigured(link: Fields, { id, configured }: MadeLink): void {
  const sent = present(configured);
  expect(link._id).toBe(id);
  expect(link.provider).toBe((sent.provider as string).toUpperCase());
  expect(link.vendor).toBe(sent.vendor ?? 'GENERIC');
  if (sent.region !== undefined) expect(link.region).toBe(sent.region);
  for (const name of NEVER_ADDED) {
    if (name in sent) expect(link[name], name).toEqual(sent[name]);
    else expect(link).not.toHaveProperty(name);
  }
  // A list that was sent empty is returned empty, not omitted.
  if ('dnsSubDomain' in sent) expect(link.dnsSubDomain).toEqual(sent.dnsSubDomain);
  else expect(link.dnsSubDomain ?? []).toEqual([]);
  if ('dnsDomain' in sent) expect(link.dnsDomain).toBe(sent.dnsDomain);
  expect(link.state).toBe('DONE');
}

/** The sent fields, without those that count as absent. */
function present(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== '' && value !== null));
}

/** Terraform renews a token that expires within ten minutes at each call; the MCP server requires the type. */
function expectToken(body: Fields): void {
  expect(body.access_token).toMatch(/./);
  expect(body.expires_in).toBeGreaterThan(600);
  expect(String(body.token_type).toLowerCase()).toBe('bearer');
}

function expectError({ step, response }: ReplayedStep): void {
  const body = response.json<Fields>();
  if (step.path.startsWith('/api/oauth/')) {
    expect(body.error).toBe(step.errorCode);
    return;
  }
  // Go clients require a number here.
  expect(body.error).toBe(response.statusCode);
  for (const name of ['detail', 'reason', 'errorCode']) expect(body[name], name).toEqual(expect.any(String));
  const code = step.errorCode ?? '';
  if (response.statusCode === step.status && !CODES_OF_THE_STUB.includes(code))
    expect(body.errorCode).toBe(code);
  else if (step.method === 'PATCH') expect(body.errorCode).toBe('VALIDATION_ERROR');
  const signed = Object.keys(step.headers).some((name) => name.toLowerCase() === 'authorization');
  if (response.statusCode === 401 && !signed) nonceOf(String(response.headers['www-authenticate']));
}
