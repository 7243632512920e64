import { readFileSync } from 'node:fs';
import type { ClientFlow, ClientStep } from '../support/evidence.js';

/** What clients send, each header and body once, and what a step got. */
export interface FlowFacts {
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly bodies: readonly string[];
  readonly flows: readonly {
    readonly client: string;
    readonly version: string;
    readonly flow: string;
    /** The number of the headers of every request. */
    readonly every?: number;
    /** Each as `POST /path headers 3 body 1: 401 invalid_client, challenged first`. */
    readonly steps?: readonly string[];
    /** Each as `vendor body 3: 200`. */
    readonly creates?: readonly string[];
  }[];
}

export const FLOW_FACTS_FILE = new URL('flow-facts.json', import.meta.url);

export const FLOW_FACTS = JSON.parse(readFileSync(FLOW_FACTS_FILE, 'utf8')) as FlowFacts;

/** Ids of subscriptions. */
const UUID = /[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}/g;

/** The facts of flows. */
export function factsOfFlows(flows: readonly ClientFlow[]): FlowFacts {
  const headers: string[] = [];
  const bodies: string[] = [];
  const number = (list: string[], text: string): number => {
    if (!list.includes(text)) list.push(text);
    return list.indexOf(text);
  };
  const bodyOf = (body: string): number =>
    number(bodies, body.replace(UUID, '00000000-0000-0000-0000-000000000000'));
  const line = (step: ClientStep): string => {
    const { method, path, body, status, errorCode, challengedFirst } = step;
    const templates = Object.entries(step.headers).map(([name, value]) => [
      name,
      value.replace(`uri="${path}"`, 'uri="{uri}"'),
    ]);
    const sent = number(headers, JSON.stringify(Object.fromEntries(templates)));
    const content = body === undefined ? '' : ` body ${bodyOf(body)}`;
    const challenge = challengedFirst === true ? '' : ` ${challengedFirst}`;
    const challenged = challengedFirst === undefined ? '' : `, challenged first${challenge}`;
    return `${method} ${path} headers ${sent}${content}: ${status}${errorCode === undefined ? '' : ` ${errorCode}`}${challenged}`;
  };
  const shown = flows.map(({ client, version, flow, headersOfEveryRequest: every, steps, creates }) => ({
    ...{ client, version, flow },
    ...(every && { every: number(headers, JSON.stringify(every)) }),
    ...(steps && { steps: steps.map(line) }),
    ...(creates && {
      creates: creates.map(({ vendor, body, status }) => `${vendor} body ${bodyOf(body)}: ${status}`),
    }),
  }));
  return { headers: headers.map((one) => JSON.parse(one) as Record<string, string>), bodies, flows: shown };
}

const STEP =
  /^(?<method>\w+) (?<path>\S+) headers (?<headers>\d+)(?: body (?<body>\d+))?: (?<status>\d+)(?: (?<code>\w+))?(?<challenged>, challenged first(?: (?<how>.+))?)?$/;

/** The flows that have these facts. */
export function flowsOf({ headers, bodies, flows }: FlowFacts): ClientFlow[] {
  const stepOf = (line: string): ClientStep => {
    const { method = '', path = '', status, code, challenged, how, ...sent } = STEP.exec(line)?.groups ?? {};
    const templates = Object.entries(headers[Number(sent.headers)] ?? {});
    const body = sent.body === undefined ? undefined : bodies[Number(sent.body)];
    return {
      ...{ method, path, status: Number(status) },
      headers: Object.fromEntries(templates.map(([name, value]) => [name, value.replace('{uri}', path)])),
      ...(body !== undefined && { body }),
      ...(code !== undefined && { errorCode: code }),
      ...(challenged !== undefined && { challengedFirst: how ?? true }),
    };
  };
  return flows.map(({ client, version, flow, every, steps, creates }) => ({
    ...{ client, version, flow },
    ...(every !== undefined && headers[every] && { headersOfEveryRequest: headers[every] }),
    ...(steps && { steps: steps.map(stepOf) }),
    ...(creates && {
      creates: creates.map((line) => {
        const [, vendor = '', body, status] = /^(\S+) body (\d+): (\d+)$/.exec(line) ?? [];
        return { vendor, body: bodies[Number(body)] ?? '', status: Number(status) };
      }),
    }),
  }));
}
