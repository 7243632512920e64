import { Ajv, type ValidateFunction } from 'ajv';
import { documentOf } from '../support/described.js';
import type { Described } from '../support/evidence.js';
import { DocumentPaths, schemaAt, type Answer } from '../support/openapi-paths.js';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Described }>>;
}

/** Atlas's public description of its API, and what of an answer differs from it. */
export class ApiDescription {
  readonly operations: readonly { readonly method: string; readonly template: string; readonly id: string }[];
  readonly #paths: DocumentPaths<Operation>;
  readonly #errorStatuses: ReadonlySet<number>;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, formats: FORMATS });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    const document = documentOf();
    this.#ajv.addSchema(chosenByDiscriminator(document) as object, 'description');
    this.#paths = new DocumentPaths(document.paths);
    const { rows } = this.#paths;
    this.operations = rows.map(({ method, template, operation }) => ({
      method,
      template,
      id: operation.operationId,
    }));
    const statuses = rows.flatMap(({ operation }) => Object.keys(operation.responses).map(Number));
    this.#errorStatuses = new Set(statuses.filter((status) => status >= 400));
  }

  /** The id of the operation that a request is for; undefined if the description has none. */
  operationOf(method: string, url: string): string | undefined {
    return this.#paths.find(method, url)?.operation.operationId;
  }

  /**
   * What of an answer the description does not have, each in a few words: `createGroup: status 201`.
   *
   * @param operation the emulator's own name for what answered, where the description may lack it
   */
  differences(answer: Answer, operation: string | undefined): string[] {
    const row = this.#paths.find(answer.method, answer.url);
    if (answer.status >= 400) return this.#errorDifferences(answer, row?.operation);
    if (!row) return [`${operation ?? answer.url}: not described`];

    const { operationId, responses } = row.operation;
    const found: string[] = [];
    const success = Object.keys(responses).find((status) => status.startsWith('2')) ?? '';
    if (String(answer.status) !== success) found.push(`${operationId}: status ${answer.status}`);
    const content = responses[success]?.content ?? {};
    const type = answer.contentType.split(';', 1)[0] ?? '';
    if (!(type in content)) found.push(`${operationId}: media type ${type}`);
    else if (answer.body !== '' && 'schema' in (content[type] as Described)) {
      const at = schemaAt(row, `responses/${success}`, type);
      found.push(...this.#faults(at, answer.body).map((fault) => `${operationId}: ${fault}`));
    }
    return found;
  }

  #errorDifferences({ status, contentType, body }: Answer, described: Operation | undefined): string[] {
    const found: string[] = [];
    if (body !== '') {
      found.push(...this.#faults('/components/schemas/ApiError', body).map((fault) => `errors: ${fault}`));
      if (contentType !== 'application/json') found.push(`errors: media type ${contentType}`);
    }
    if (!this.#errorStatuses.has(status)) found.push(`errors: status ${status}`);
    else if (described && !(status in described.responses))
      found.push(`${described.operationId}: status ${status}`);
    return found;
  }

  #faults(at: string, body: string): string[] {
    let validate = this.#validators.get(at);
    if (!validate) this.#validators.set(at, (validate = this.#ajv.compile({ $ref: `description#${at}` })));
    if (validate(JSON.parse(body))) return [];
    const places = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath.replace(/\/\d+/g, '[]').slice(1)} ${message ?? ''}`,
    );
    return [...new Set(places)];
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
