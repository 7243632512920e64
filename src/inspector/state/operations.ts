import { signal } from '@preact/signals';
import { call } from './api.js';

/** An operation of the Atlas API, as the OpenAPI document describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The documented responses, each with the error codes that it can have. */
  readonly answers: readonly { readonly status: number; readonly codes: readonly string[] }[];
}

/** An example of a response; those of errors have a code. */
interface Example {
  readonly value?: { readonly errorCode?: string };
}

/** The parts of an OpenAPI document that the page reads. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly examples: Readonly<Record<string, Example>> };
}

/** An operation in the document. */
interface Described {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { content?: Record<string, { examples?: object }> }>>;
}

/** The emulated operations; empty until they are loaded. */
export const operations = signal<readonly Operation[]>([]);

/** Operations of Atlas that clients requested and that are not emulated. */
export const notEmulated = signal<readonly string[]>([]);

/** Loads the operations from the OpenAPI document, once. */
export async function loadOperations(): Promise<void> {
  notEmulated.value = (await call<{ notEmulated: string[] }>('GET', 'health')).notEmulated;
  if (operations.value.length > 0) return;
  const { paths, components } = await call<Document>('GET', 'openapi.json');
  const codeOf = (name: string): string | undefined => components.examples[name]?.value?.errorCode;
  operations.value = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => operationId)
      .map(([method, { operationId: id, responses }]) => ({
        ...{ id, path, method: method.toUpperCase() },
        answers: Object.entries(responses).map(([status, { content = {} }]) => {
          const names = Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples));
          const codes = new Set(names.flatMap((name) => codeOf(name) ?? []));
          return { status: Number(status), codes: [...codes].sort() };
        }),
      })),
  );
}
