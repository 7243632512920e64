import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { DocumentPaths, pointer, schemaAt, type Answer, type Row } from './openapi-paths.js';

type Part = Readonly<Record<string, unknown>>;

interface Response {
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, Part>> }>>;
}

export interface ServedOperation {
  readonly security?: readonly object[];
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
  readonly requestBody?: Response;
  readonly 'x-roles'?: readonly string[];
}

/** An OpenAPI document that the emulator serves. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ServedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Part>>>>;
}

/** Compares responses with a document. Fields that a schema does not name count as differences. */
export class ServedDocument {
  readonly operations: readonly ServedOperation[];
  readonly #document: OpenApi;
  readonly #paths: DocumentPaths<ServedOperation>;
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
  });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.#ajv.addSchema(closed(document) as object, 'document');
    this.#paths = new DocumentPaths(document.paths);
    this.operations = this.#paths.rows.map(({ operation }) => operation);
  }

  /** The id of the operation that a request is for; undefined if the document has none. */
  operationOf(method: string, url: string): string | undefined {
    return this.#paths.find(method, url)?.operation.operationId;
  }

  /** What of an answer the document does not have, each in a few words: `createGroup: status 201`. */
  differences(answer: Answer): string[] {
    const row = this.#paths.find(answer.method, answer.url);
    const shown = (faults: readonly string[]): string[] =>
      faults.map((fault) => `${row?.operation.operationId ?? answer.url.replace(/\?.*/, '')}: ${fault}`);
    // Unknown paths and methods are not in the document.
    if (!row) {
      if (answer.status === 405 && answer.body === '') return [];
      const known = [400, 401, 404, 405, 501].includes(answer.status);
      return shown(known ? this.#faults('/components/schemas/ApiError', answer.body) : ['not described']);
    }
    const response = this.#resolve(row.operation.responses[answer.status]);
    if (!response) return shown([`status ${answer.status}`]);
    if (!response.content) return shown(answer.body === '' ? [] : ['a body']);
    const type = answer.contentType.split(';', 1)[0] ?? '';
    const content = response.content[type];
    if (!content) return shown([`media type ${type}`]);
    return shown([
      ...this.#faults(this.#at(row, answer.status, type), answer.body),
      ...this.#exampleFaults(content.examples, answer.body),
    ]);
  }

  /** What is wrong with the examples of request bodies. */
  exampleFaults(): string[] {
    return this.#paths.rows.flatMap((row) =>
      Object.entries(row.operation.requestBody?.content ?? {}).flatMap(([type, { examples = {} }]) =>
        Object.entries(examples).flatMap(([name, example]) => {
          const at = schemaAt(row, 'requestBody', type);
          return this.#faults(at, JSON.stringify(this.#resolve(example)?.value)).map(
            (fault) => `${name}: ${fault}`,
          );
        }),
      ),
    );
  }

  /** An error must be of the kind of an example: its code and its keys, in order. */
  #exampleFaults(examples: Readonly<Record<string, Part>> | undefined, body: string): string[] {
    if (!examples) return [];
    const forms = Object.values(examples).map((example) => formOf(this.#resolve(example)?.value));
    const form = formOf(JSON.parse(body));
    return forms.includes(form) ? [] : [`no example of ${form}`];
  }

  #at(row: Row<ServedOperation>, status: number, type: string): string {
    const { $ref } = row.operation.responses[status] as { $ref?: string };
    return $ref === undefined
      ? schemaAt(row, `responses/${status}`, type)
      : `${$ref.slice(1)}/content/${pointer(type)}/schema`;
  }

  #faults(at: string, body: string): string[] {
    let validate = this.#validators.get(at);
    if (!validate) this.#validators.set(at, (validate = this.#ajv.compile({ $ref: `document#${at}` })));
    if (validate(JSON.parse(body))) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }

  #resolve<T extends object>(part: T | undefined): T | undefined {
    const { $ref } = (part ?? {}) as { $ref?: string };
    return $ref === undefined ? part : (this.#part($ref.slice(1)) as T);
  }

  #part(at: string): unknown {
    return at
      .split('/')
      .slice(1)
      .map((key) => decodeURIComponent(key).replace(/~1/g, '/').replace(/~0/g, '~'))
      .reduce<unknown>((part, key) => (part as Part)[key], this.#document);
  }
}

/** The code and keys of an error. */
function formOf(body: unknown): string {
  const { status, content, ...rest } = body as Part;
  const error = (status === undefined ? rest : content) as Part;
  return `${String(error.errorCode)} {${Object.keys(error).join()}}`;
}

/** Disallows additional properties in objects whose schema does not allow them explicitly. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copied = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  const isObject = copied.type === 'object' && typeof copied.properties === 'object';
  return isObject && !('additionalProperties' in copied)
    ? { ...copied, additionalProperties: false }
    : copied;
}
