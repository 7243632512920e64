import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../fixtures/requests/', import.meta.url);

/** A body of a create. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** The valid create bodies of `fixtures/requests`, by file name without its end. */
export const REQUESTS: ReadonlyMap<string, RequestBody> = new Map(
  readdirSync(FOLDER)
    .sort()
    .map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as RequestBody,
    ]),
);

/** One of the valid create bodies, such as `aws-msk`. */
export function requestBody(name: string): RequestBody {
  const body = REQUESTS.get(name);
  if (!body) throw new Error(`fixtures/requests has no ${name}.json`);
  return body;
}

/** `body` without one of its fields. */
export function without(body: RequestBody, field: string): RequestBody {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
}
