// The baseline of the bench, R: a plain Fastify server with TypeBox schemas and SQLite in a file, with one insert per
// create. It has no credentials, states, profiles or journal.
import { randomBytes } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import Sqlite from 'better-sqlite3';
import Fastify from 'fastify';

const sqlite = new Sqlite(process.argv[2]);
sqlite.pragma('journal_mode = WAL');
sqlite.pragma('synchronous = NORMAL');
sqlite.exec(`
  CREATE TABLE links (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, provider TEXT, vendor TEXT, region TEXT,
    dnsDomain TEXT, serviceEndpointId TEXT, state TEXT NOT NULL);
  CREATE INDEX links_of_project ON links (project, seq)`);
const columns = 'id AS _id, provider, vendor, region, dnsDomain, serviceEndpointId, state';
const insert = sqlite.prepare(
  `INSERT INTO links (id, project, provider, vendor, region, dnsDomain, serviceEndpointId, state)
   VALUES (:_id, :project, :provider, :vendor, :region, :dnsDomain, :serviceEndpointId, :state)`,
);
const one = sqlite.prepare(`SELECT ${columns} FROM links WHERE id = ? AND project = ?`);
const page = sqlite.prepare(`SELECT ${columns} FROM links WHERE project = ? ORDER BY seq LIMIT ? OFFSET ?`);
const count = sqlite.prepare('SELECT count(*) FROM links WHERE project = ?').pluck();

const text = Type.Optional(Type.String());
const sent = {
  provider: Type.String(),
  vendor: text,
  region: text,
  dnsDomain: text,
  serviceEndpointId: text,
};
const link = Type.Object({ _id: Type.String(), ...sent, state: Type.String() });
const query = Type.Object({
  itemsPerPage: Type.Integer({ default: 100, maximum: 500 }),
  pageNum: Type.Integer({ default: 1 }),
});

const server = Fastify();
const path = '/api/atlas/v2/groups/:groupId/streams/privateLinkConnections';
server.post(path, { schema: { body: Type.Object(sent), response: { 201: link } } }, (request, reply) => {
  const absent = { vendor: null, region: null, dnsDomain: null, serviceEndpointId: null };
  const created = { ...absent, ...request.body, _id: randomBytes(12).toString('hex'), state: 'DONE' };
  insert.run({ ...created, project: request.params.groupId });
  return reply.code(201).send(created);
});
server.get(`${path}/:id`, { schema: { response: { 200: link } } }, (request, reply) => {
  const { id, groupId } = request.params;
  return one.get(id, groupId) ?? reply.code(404).send({ error: 404, detail: `There is no link ${id}.` });
});
const list = Type.Object({ results: Type.Array(link), totalCount: Type.Integer() });
server.get(
  path,
  { schema: { querystring: query, response: { 200: list } } },
  ({ params, query: paging }) => ({
    results: page.all(params.groupId, paging.itemsPerPage, (paging.pageNum - 1) * paging.itemsPerPage),
    totalCount: count.get(params.groupId),
  }),
);
await server.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ url: `http://127.0.0.1:${server.server.address().port}` }));
