import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ControlError } from '../http/control-error.js';
import { OtherAnswer, respond, type ResponseBody } from '../http/replies/respond.js';
import { FIXTURES } from '../version.js';

/** The built files of the inspector: see bundle.js. */
const FOLDER = new URL('../dist/inspector/', FIXTURES);

const PAGE = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page loads nothing from another host, runs no inline script, and is shown in no frame. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
].join('; ');

/** Read at the first request, so that the start of the server does not take longer. */
let files: ReadonlyMap<string, Buffer> | undefined;

function built(): ReadonlyMap<string, Buffer> {
  if (files) return files;
  let names: string[] = [];
  try {
    names = readdirSync(FOLDER);
  } catch {
    // The program runs from its sources, without a build.
  }
  const known = names.filter((name) => extname(name) in TYPES);
  return (files = new Map(known.map((name) => [name, readFileSync(new URL(name, FOLDER))])));
}

/** Whether a browser asks for a page; clients of the API send another `Accept`. */
export function isFromBrowser({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '');
}

/** The page of the inspector; undefined if it was not built. */
export function inspectorPage(): OtherAnswer | undefined {
  const page = built().get(PAGE);
  return page && new OtherAnswer(200, headersOf(PAGE, 'no-cache'), page.toString());
}

/** Serves the files of the inspector, which are not secret, and sends a browser from `/` to it. */
export function installInspector(scope: FastifyInstance): void {
  // The names contain a hash of the content.
  const serve = (request: FastifyRequest, reply: FastifyReply): void => {
    const { file = '' } = request.params as { file?: string };
    const body: ResponseBody = file === PAGE ? undefined : built().get(file);
    if (!body) throw new ControlError(404, `The inspector has no file ${file}.`);
    respond(request, reply, 200, headersOf(file, 'public, max-age=31536000, immutable'), body);
  };
  scope.get('/_emulator/inspector/:file', serve);
  scope.get('/', (request, reply) => {
    if (!isFromBrowser(request)) {
      reply.callNotFound();
      return;
    }
    // Not recorded: it is no request of a client of Atlas.
    const { baseUrl, parts } = request.exchange;
    reply.raw.writeHead(302, {
      // Relative, it is right behind a proxy with a path, too.
      location: `${parts.publicUrl === undefined ? '.' : baseUrl}/_emulator/`,
      vary: 'accept',
      'content-length': 0,
    });
    reply.raw.end();
  });
}

function headersOf(file: string, caching: string): string[] {
  return [
    ...['content-type', TYPES[extname(file)] ?? '', 'cache-control', caching],
    ...['content-security-policy', POLICY, 'x-content-type-options', 'nosniff'],
    ...['referrer-policy', 'no-referrer', 'cross-origin-opener-policy', 'same-origin'],
  ];
}
