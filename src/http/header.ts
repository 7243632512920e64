import type { IncomingHttpHeaders } from 'node:http';

/**
 * A header of a request, its values joined by commas. The steps that all requests pass read headers with it: each client sends
 * its own, in its own order, and where `headers.accept` stands in a step, V8 compiles the step again for such an object.
 *
 * @param name in lower case
 */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join() : value;
}
