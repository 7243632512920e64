import { Ajv, type ValidateFunction } from 'ajv';
import { evidence, type Described } from '../support/evidence.js';

/** An answer, as far as the description speaks of it. */
export interface Answer {
  readonly method: string;
  /** With or without a query. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Described }>>;
}

const METHODS = ['get', 'post', 'patch', 'delete'];

/** Atlas's public description of its API, and what of an answer differs from it. */
export class ApiDescription {
  readonly operations: readonly { readonly method: string; readonly template: string; readonly id: string }[];
  readonly #rows: readonly {
    readonly method: string;
    readonly pattern: RegExp;
    readonly operation: Operation;
  }[];
  readonly #errorStatuses = new Set<number>();
  readonly #ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS });

  constructor() {
    const document = evidence('openapi-streams', { paths: {} });
    this.#ajv.addSchema(chosenByDiscriminator(document) as object, 'description');
    const rows = Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          template,
          operation: operation as unknown as Operation,
        })),
    );
    this.operations = rows.map(({ method, template, operation }) => ({
      method,
      template,
      id: operation.operationId,
    }));
    // A fixed part of a path before a parameter: accountDetails is no workspace's name.
    this.#rows = rows
      .sort((one, other) => count(one.template) - count(other.template))
      .map(({ template, ...rest }) => ({ ...rest, pattern: patternOf(template) }));
    for (const { operation } of rows)
      for (const status of Object.keys(operation.responses))
        if (Number(status) >= 400) this.#errorStatuses.add(Number(status));
  }

  /** The id of the operation that a request is for; undefined if the description has none. */
  operationOf(method: string, url: string): string | undefined {
    return this.#find(method, url)?.operationId;
  }

  /**
   * What of an answer the description does not have, each in a few words: `createGroup: status 201`.
   *
   * @param operation the emulator's own name for what answered, where the description may lack it
   */
  differences(answer: Answer, operation: string | undefined): string[] {
    const described = this.#find(answer.method, answer.url);
    if (answer.status >= 400) return this.#errorDifferences(answer, described);
    if (!described) return [`${operation ?? answer.url}: not described`];

    const { operationId, responses } = described;
    const found: string[] = [];
    const success = Object.keys(responses).find((status) => status.startsWith('2')) ?? '';
    if (String(answer.status) !== success) found.push(`${operationId}: status ${answer.status}`);
    const content = responses[success]?.content ?? {};
    const type = answer.contentType.split(';', 1)[0] ?? '';
    if (!(type in content)) found.push(`${operationId}: media type ${type}`);
    else if (answer.body !== '' && 'schema' in (content[type] as Described)) {
      const at = `/paths/${pointer(this.#templateOf(operationId))}/${answer.method.toLowerCase()}/responses/${success}/content/${pointer(type)}/schema`;
      found.push(...this.#faults(at, answer.body).map((fault) => `${operationId}: ${fault}`));
    }
    return found;
  }

  #errorDifferences({ status, contentType, body }: Answer, described: Operation | undefined): string[] {
    const found = this.#faults('/components/schemas/ApiError', body).map((fault) => `errors: ${fault}`);
    if (contentType !== 'application/json') found.push(`errors: media type ${contentType}`);
    if (!this.#errorStatuses.has(status)) found.push(`errors: status ${status}`);
    else if (described && !(status in described.responses))
      found.push(`${described.operationId}: status ${status}`);
    return found;
  }

  #faults(at: string, body: string): string[] {
    const validate: ValidateFunction = this.#ajv.compile({ $ref: `description#${at}` });
    if (validate(JSON.parse(body))) return [];
    const places = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath.replace(/\/\d+/g, '[]').slice(1)} ${message ?? ''}`,
    );
    return [...new Set(places)];
  }

  #find(method: string, url: string): Operation | undefined {
    const path = url.split('?', 1)[0] ?? '';
    return this.#rows.find((row) => row.method === method && row.pattern.test(path))?.operation;
  }

  #templateOf(operationId: string): string {
    return this.operations.find(({ id }) => id === operationId)?.template ?? '';
  }
}

const FORMATS = {
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text),
  int32: { type: 'number', validate: (value: number) => Math.abs(value) <= 2 ** 31 } as const,
  int64: { type: 'number', validate: Number.isSafeInteger } as const,
};

/**
 * Reads `oneOf` with a discriminator as OpenAPI means it: the named value chooses the schema. As plain JSON Schema it
 * would refuse what fits several, and the description's choices all have optional fields only.
 */
function chosenByDiscriminator(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(chosenByDiscriminator);
  if (typeof part !== 'object' || part === null) return part;
  const { discriminator, oneOf, ...rest } = part as {
    discriminator?: { propertyName: string; mapping: Record<string, string> };
    oneOf?: unknown;
  };
  const copied = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, chosenByDiscriminator(value)]),
  );
  if (!discriminator)
    return oneOf === undefined ? copied : { ...copied, oneOf: chosenByDiscriminator(oneOf) };
  const { propertyName, mapping } = discriminator;
  return {
    ...copied,
    required: [propertyName],
    properties: { [propertyName]: { enum: Object.keys(mapping) } },
    allOf: Object.entries(mapping).map(([name, $ref]) => ({
      if: { properties: { [propertyName]: { const: name } } },
      then: { $ref },
    })),
  };
}

/** How many parameters a path has, the first ones counting most. */
function count(template: string): number {
  return template
    .split('/')
    .reduce((sum, part, index) => sum + (part.includes('{') ? 2 ** (20 - index) : 0), 0);
}

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/:]+');
  return new RegExp(`^${escaped}$`);
}

/** A key of a JSON document within a reference to it. */
function pointer(key: string): string {
  return encodeURIComponent(key.replace(/~/g, '~0').replace(/\//g, '~1'));
}
