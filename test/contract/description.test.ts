import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diffDescription, FORMATS } from '../../src/contract/description/index.js';
import { digestOf } from '../../src/contract/description/digest.js';
import { ownDigest } from '../../src/contract/description/read.js';
import { UsageError } from '../../src/exit.js';
import { documentOf, type Document, type Operation, type Schema } from '../support/described.js';
import { describeWithEvidence, evidence } from '../support/evidence.js';

const PL = '/api/atlas/v2/groups/{groupId}/streams/privateLinkConnections';
const V1 = 'application/vnd.atlas.2023-02-01+json';

function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'description-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'description');
  writeFileSync(path, content);
  return path;
}

/** The rows of a comparison with an edited description, each in one line. */
async function rowsAfter(edit: (document: Document) => void): Promise<string[]> {
  const document = documentOf();
  edit(document);
  const { rows } = await diffDescription(fileOf(JSON.stringify(document)));
  return rows.map(
    ({ kind, what, name, before, after, operations, emulator, known }) =>
      `${kind} ${what} ${[name, before, after].filter((one) => one).join(' ')} @ ${operations.join(' ')}: ${[emulator, ...known].join(', ')}`,
  );
}

interface Edit {
  readonly what: string;
  readonly edit: (document: Document) => void;
  readonly rows: readonly string[];
}

const LINKS = 'deleteGroupStreamPrivateLinkConnection createGroupStreamPrivateLinkConnection'.split(' ');
const READS = 'listGroupStreamPrivateLinkConnections getGroupStreamPrivateLinkConnection';

function linkFields(document: Document): Record<string, Schema> {
  return linkSchema(document).properties ?? {};
}

function linkSchema(document: Document): Schema {
  const { StreamsPrivateLinkConnection: schema } = document.components.schemas;
  if (!schema) throw new Error('no schema of private links');
  return schema;
}

function operationOf(document: Document, method: string, path = PL): Operation {
  const operation = document.paths[path]?.[method];
  if (!operation) throw new Error(`no ${method} ${path}`);
  return operation;
}

const EDITS: readonly Edit[] = [
  {
    what: 'a field is removed',
    edit: (document) => delete linkFields(document).dnsDomain,
    rows: [
      `gone field StreamsPrivateLinkConnection dnsDomain @ ${READS} updateGroupStreamPrivateLinkConnection ${LINKS[1]}: has it`,
    ],
  },
  {
    what: 'a field is added to a response',
    edit: (document) => (linkFields(document).createdAt = { type: 'string', readOnly: true }),
    rows: [
      `new field StreamsPrivateLinkConnection createdAt @ ${READS} updateGroupStreamPrivateLinkConnection ${LINKS[1]}: has not`,
    ],
  },
  {
    what: 'an enumeration has a new value',
    edit: (document) => linkFields(document).authenticationScheme?.enum?.push('OAUTH'),
    rows: [
      `new enumeration value StreamsPrivateLinkConnection authenticationScheme OAUTH @ ${READS} updateGroupStreamPrivateLinkConnection ${LINKS[1]}: has not`,
    ],
  },
  {
    what: 'a status is gone',
    edit: (document) => delete operationOf(document, 'post').responses['409'],
    rows: [`gone status 409 @ ${LINKS[1]}: has it`],
  },
  {
    what: 'a deviation becomes official',
    edit(document) {
      const { responses } = operationOf(document, 'delete', '/api/atlas/v2/groups/{groupId}');
      responses['202'] = responses['204'] ?? { content: {} };
      delete responses['204'];
    },
    rows: [
      'new status 202 @ deleteGroup: has it, project-deleted',
      'gone status 204 @ deleteGroup: has not, project-deleted',
    ],
  },
  {
    what: 'a version is added',
    edit(document) {
      const { content = {} } = operationOf(document, 'get').responses['200'] ?? {};
      content['application/vnd.atlas.2027-01-01+json'] = content[V1] ?? {};
    },
    rows: [
      `new media type application/vnd.atlas.2027-01-01+json @ listGroupStreamPrivateLinkConnections: has not`,
    ],
  },
  {
    what: 'a path is added below /streams',
    edit: (document) =>
      (document.paths['/api/atlas/v2/groups/{groupId}/streams/gateways'] = {
        get: { ...operationOf(document, 'get'), operationId: 'listGroupStreamGateways' },
      }),
    rows: [
      'new operation listGroupStreamGateways @ GET /groups/{groupId}/streams/gateways: does not emulate the operation',
    ],
  },
  {
    what: 'an operation is gone',
    edit: (document) => delete document.paths[`${PL}/{connectionId}`]?.patch,
    rows: [
      `gone operation updateGroupStreamPrivateLinkConnection @ PATCH ${PL.slice('/api/atlas/v2'.length)}/{connectionId}: has it`,
    ],
  },
  {
    what: 'a pattern changes',
    edit: (document) => (linkFields(document).arn = { type: 'string', pattern: '^arn:aws' }),
    rows: [
      `changed pattern StreamsPrivateLinkConnection arn ^arn:aws:kafka ^arn:aws @ ${READS} updateGroupStreamPrivateLinkConnection ${LINKS[1]}: has not`,
    ],
  },
  {
    what: 'a role is added and one removed',
    edit: (document) =>
      (operationOf(document, 'post')['x-rolesRequirements'] = [
        'Project Owner',
        'Project Stream Processing Manager',
      ]),
    rows: [
      `gone role Organization Stream Processing Admin @ ${LINKS[1]}: has it`,
      `new role Project Owner @ ${LINKS[1]}: has it`,
    ],
  },
  {
    what: 'a field becomes required',
    edit: (document) => linkSchema(document).required?.push('vendor'),
    rows: [
      `new required StreamsPrivateLinkConnection vendor @ ${READS} updateGroupStreamPrivateLinkConnection: has it`,
      `new required StreamsPrivateLinkConnection vendor @ ${LINKS[1]}: has not`,
    ],
  },
  {
    what: 'a query parameter is added',
    edit: (document) =>
      operationOf(document, 'get').parameters.push({
        in: 'query',
        name: 'state',
        schema: { type: 'string' },
      }),
    rows: ['new parameter query state @ listGroupStreamPrivateLinkConnections: has not'],
  },
  {
    what: 'a type changes',
    edit: (document) => (linkFields(document).region = { type: 'object' }),
    rows: [
      `changed type StreamsPrivateLinkConnection region string object @ ${READS} updateGroupStreamPrivateLinkConnection ${LINKS[1]}: has not`,
    ],
  },
];

describe('contract diff', () => {
  it("finds no difference in a document with the digest's facts, as JSON and as YAML", async () => {
    const text = JSON.stringify(documentOf());
    // All JSON is YAML; the comment makes it no JSON.
    for (const content of [text, `# Atlas\n${text}`]) {
      const { rows, from, to } = await diffDescription(fileOf(content));
      expect(rows).toEqual([]);
      expect(FORMATS.table?.(rows, from, to)).toMatch(/^No differences in f84b8e4346 since f84b8e4346 /);
    }
  });

  it.each(EDITS)('names the difference if $what, and what the emulator has of it', async ({ edit, rows }) => {
    expect(await rowsAfter(edit)).toEqual(rows);
  });

  it('does not report operations of other resources', async () => {
    const rows = await rowsAfter((document) => {
      document.paths['/api/atlas/v2/groups/{groupId}/clusters'] = { get: operationOf(document, 'get') };
    });
    expect(rows).toEqual([]);
  });

  it('says that a change of many operations is one difference', async () => {
    const { rows } = await diffDescription(
      fileOf(
        JSON.stringify(documentOf()).replace('"errorCode":{"readOnly":true', '"errorCode":{"maxLength":64'),
      ),
    );
    expect(rows.map(({ kind, what, name }) => [kind, what, name])).toContainEqual([
      'new',
      'maxLength',
      'ApiError errorCode',
    ]);
    expect(rows[0]?.operations.length).toBeGreaterThan(10);
  });

  it('prints a table, JSON, and Markdown without markup from the file', async () => {
    const document = documentOf();
    linkFields(document)['a|b`<i>'] = { type: 'string' };
    const { rows, from, to } = await diffDescription(fileOf(JSON.stringify(document)));
    expect(FORMATS.table?.(rows, from, to)).toMatch(
      /^new {2}field {2}StreamsPrivateLinkConnection a\|b`<i> {2}has not {2}4 operations .*\n\n1 difference in/,
    );
    expect(FORMATS.markdown?.(rows, from, to)).toContain(
      String.raw`| new | field | StreamsPrivateLinkConnection a\|b\`\<i> | has not |`,
    );
    expect(JSON.parse(FORMATS.json?.(rows, from, to) ?? '')).toMatchObject({
      differences: [{ kind: 'new' }],
    });
  });
});

describe('contract diff refuses, in one line,', () => {
  const refusal = async (content: string): Promise<string> => {
    const path = fileOf(content);
    const error: unknown = await diffDescription(path).catch((one: unknown) => one);
    if (!(error instanceof UsageError)) throw new Error(`no refusal, but ${String(error)}`);
    expect(error.message).not.toContain('\n');
    return error.message.replace(path, 'FILE');
  };
  const rewritten = (edit: (document: Document) => void): Promise<string> => {
    const document = documentOf();
    edit(document);
    return refusal(JSON.stringify(document));
  };
  /** Applies a change to every part of a document. */
  const everywhere = (part: unknown, change: (part: Record<string, unknown>) => void): void => {
    if (typeof part !== 'object' || part === null) return;
    change(part as Record<string, unknown>);
    for (const one of Object.values(part)) everywhere(one, change);
  };

  it.each([
    ['{', /^FILE is neither JSON nor YAML: /],
    ['a: [', /^FILE is neither JSON nor YAML: /],
    ['text', /^FILE is not an OpenAPI 3 description$/],
    ['{"openapi":"2.0"}', /^FILE is not an OpenAPI 3 description$/],
    ['{"openapi":"3.0.1","paths":{"/pets":{"get":{}}}}', /^FILE describes another API: /],
    ['{"openapi":"3.0.1"}', /^FILE describes another API: /],
  ])('a file that is no description of Atlas: %s', async (content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  it('a file that is not there', async () => {
    await expect(diffDescription('/nothing')).rejects.toThrow(/^\/nothing cannot be read: ENOENT/);
  });

  it('a description that the generator of the SDK for Go has rewritten', async () => {
    const message = await rewritten((document) => {
      everywhere(document, (part) => {
        delete part.enum;
        delete part.oneOf;
        delete part.discriminator;
        if (part['x-xgen-operation-id-override'] === undefined) return;
        part.operationId = part['x-xgen-operation-id-override'];
        delete part['x-xgen-operation-id-override'];
      });
    });
    expect(message).toMatch(
      /rewritten: the operation \w+ is called \w+, no field has an enumeration, no schema has choices \(oneOf\); compare openapi\/v2\.json/,
    );
  });

  it('a description whose choices are flattened', async () => {
    const message = await rewritten((document) => {
      everywhere(document, (part) => {
        delete part.oneOf;
        delete part.discriminator;
      });
    });
    expect(message).toContain('rewritten: no schema has choices (oneOf); compare');
  });
});

describeWithEvidence('the digest of the description', () => {
  it('has exactly the facts of the description', () => {
    const { date, ...digest } = ownDigest();
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(digest).toEqual(digestOf(evidence('openapi-streams', { paths: {} })));
  });

  it('contract diff finds nothing in the description', async () => {
    const { rows } = await diffDescription(
      fileOf(JSON.stringify(evidence('openapi-streams', { paths: {} }))),
    );
    expect(rows).toEqual([]);
  });
});
