import { pretty } from '../../http/replies/pretty.js';
import type { Response } from './caller.js';
import type { Answer, Call } from './recording.js';

/** Members whose text is recorded: their values are words of the API. All other texts are, if the suite has sent them. */
const WORDS = [
  ...['state', 'provider', 'vendor', 'cloudProvider', 'authenticationScheme', 'rel', 'token_type'],
  ...['detail', 'reason', 'errorCode', 'parameters', 'error', 'error_description'],
];

/** Headers whose values are recorded. Of others, only the names are. */
const VALUES = [
  ...['allow', 'content-type', 'location', 'www-authenticate', 'ratelimit-limit', 'referrer-policy'],
  ...['x-content-type-options', 'x-error-code', 'x-frame-options', 'x-java-method', 'deprecation', 'sunset'],
  ...['x-permitted-cross-domain-policies', 'cache-control', 'pragma'],
];

/** Headers of a connection, not of an answer. */
const TRANSPORT =
  /^(?:connection|content-length|content-encoding|date|keep-alive|transfer-encoding|trailer|upgrade|via|alt-svc|age|set-cookie|x-envoy-.*|x-amz.*|cf-.*)$/;

const SHAPES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['{time}', /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g],
  ['{email}', /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}/g],
  ['{id}', /\b[a-f0-9]{24}\b/g],
  ['{address}', /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[a-f0-9]{1,4}:){3,7}[a-f0-9]{1,4}\b/g],
];

/** What names stand for: the ids, hosts and other values of one run. */
export class Names {
  readonly #values = new Map<string, string>();
  readonly #hidden = new Map<string, string>();
  /** The texts of the bodies that are sent, with names. */
  readonly #sent: ReadonlySet<string>;

  /**
   * @param hidden texts that a recording must not have, each with its name
   * @param calls those whose texts can be recorded
   */
  constructor(
    projectId: string,
    marker: string,
    hidden: ReadonlyMap<string, string>,
    calls: readonly Call[],
  ) {
    const project = `/api/atlas/v2/groups/${projectId}`;
    this.set('groupId', projectId);
    this.set('marker', marker);
    this.#values.set('project', project).set('links', `${project}/streams/privateLinkConnections`);
    for (const [text, name] of hidden) this.#hidden.set(text, name);
    this.#sent = new Set(calls.flatMap(({ body }) => leavesOf(body)));
  }

  /** Gives a value a name. Answers have the name instead. */
  set(name: string, value: string): void {
    this.#values.set(name, value);
    this.#hidden.set(value, `{${name}}`);
  }

  /** The value of a name. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** A text with values for its names; undefined if one has no value. */
  fill(text: string): string | undefined {
    const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    if (!names.every((name) => this.#values.has(name))) return undefined;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => this.#values.get(name) ?? '');
  }

  /** A response without ids, times, hosts, secrets, and names of projects and people. */
  hide({ status, headers, text }: Response, change: (body: unknown) => unknown): Answer {
    const names = Object.keys(headers).filter((name) => !TRANSPORT.test(name));
    const lines = names.sort().map((name) => [name, this.#header(name, headers[name] ?? '')]);
    const shown = { status, headers: Object.fromEntries(lines) as Record<string, string> };
    if (text === '') return { ...shown, layout: 'none' };
    try {
      const body = JSON.parse(text) as unknown;
      const compact = text === JSON.stringify(body);
      const layout = compact ? 'compact' : text === pretty(body) ? 'indented' : 'other';
      return { ...shown, body: this.#value('', change(body)), layout };
    } catch {
      return { ...shown, layout: 'text' };
    }
  }

  #header(name: string, value: string): string {
    if (!VALUES.includes(name)) return '{any}';
    if (name === 'www-authenticate') return value.replace(/nonce="[^"]*"/, 'nonce="{nonce}"');
    return this.#text(name === 'location' ? withoutHost(value) : value);
  }

  #value(key: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(key, item));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#value(name, item)]));
    }
    if (typeof value !== 'string') return value;
    if (key === 'href') return this.#text(withoutHost(value));
    const text = this.#text(value);
    const isName = /^\{\w+\}$/.test(text);
    return value === '' || isName || WORDS.includes(key) || this.#sent.has(text) ? text : '{text}';
  }

  #text(value: string): string {
    let text = value;
    // A longer value can contain a shorter one.
    for (const [one, name] of [...this.#hidden].sort(([one], [other]) => other.length - one.length)) {
      if (one !== '') text = text.replaceAll(one, name);
    }
    for (const [name, pattern] of SHAPES) text = text.replace(pattern, name);
    return text;
  }
}

function withoutHost(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '{host}');
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
