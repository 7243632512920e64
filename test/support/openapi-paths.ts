/** The parts of a response that an OpenAPI document describes. */
export interface Answer {
  readonly method: string;
  /** With or without a query. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** An operation of a document, and its path. */
export interface Row<Operation> {
  readonly method: string;
  readonly template: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Finds the operations of an OpenAPI document by method and URL. */
export class DocumentPaths<Operation> {
  readonly rows: readonly Row<Operation>[];
  readonly #patterns: ReadonlyMap<Row<Operation>, RegExp>;

  constructor(paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>) {
    this.rows = Object.entries(paths)
      .flatMap(([template, methods]) =>
        Object.entries(methods)
          .filter(([method]) => METHODS.includes(method))
          .map(([method, operation]) => ({ method: method.toUpperCase(), template, operation })),
      )
      // Literal segments before parameters: accountDetails is not the name of a workspace.
      .sort((one, other) => weight(one.template) - weight(other.template));
    this.#patterns = new Map(this.rows.map((row) => [row, patternOf(row.template)]));
  }

  find(method: string, url: string): Row<Operation> | undefined {
    const path = url.split('?', 1)[0] ?? '';
    return this.rows.find((row) => row.method === method && this.#patterns.get(row)?.test(path));
  }
}

/** The reference to the schema of what an operation answers with, or takes. @param at such as `responses/200` */
export function schemaAt({ template, method }: Row<unknown>, at: string, type: string): string {
  return `/paths/${pointer(template)}/${method.toLowerCase()}/${at}/content/${pointer(type)}/schema`;
}

/** A key of a JSON document within a reference to it. */
export function pointer(key: string): string {
  return encodeURIComponent(key.replace(/~/g, '~0').replace(/\//g, '~1'));
}

/** Sorts paths: parameters weigh more the earlier they are. */
function weight(template: string): number {
  return template
    .split('/')
    .reduce((sum, part, index) => sum + (part.includes('{') ? 2 ** (20 - index) : 0), 0);
}

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/:]+');
  return new RegExp(`^${escaped}$`);
}
