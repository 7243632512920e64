// A client typed by the emulator's own description: that this file compiles is one of its checks.
import createClient from 'openapi-fetch';
import type { paths } from './api.js';
import { checks } from '../support/checks.js';

const { BASE_URL = '', GROUP_ID: groupId = '', PROFILE } = process.env;
const { MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET } = process.env;
const { check, end } = checks();

/** The response as it is without `envelope=true`; the description has both forms. */
function plain<T>(response: T) {
  return response as Exclude<T, { status: number; content: unknown }>;
}

const grant = await createClient<paths>({ baseUrl: BASE_URL }).POST('/api/oauth/token', {
  headers: {
    Authorization: `Basic ${btoa(`${MONGODB_ATLAS_CLIENT_ID}:${MONGODB_ATLAS_CLIENT_SECRET}`)}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  },
  body: { grant_type: 'client_credentials' },
});
check('token', plain(grant.data)?.token_type === 'Bearer', grant.error);

const client = createClient<paths>({
  baseUrl: BASE_URL,
  headers: {
    Accept: 'application/vnd.atlas.2025-03-12+json',
    Authorization: `Bearer ${plain(grant.data)?.access_token}`,
  },
});
const links = '/api/atlas/v2/groups/{groupId}/streams/privateLinkConnections';
const link = '/api/atlas/v2/groups/{groupId}/streams/privateLinkConnections/{connectionId}';

const body = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
} as const;
const created = await client.POST(links, { params: { path: { groupId } }, body });
const connectionId = plain(created.data)?._id ?? '';
check('create', /^[0-9a-f]{24}$/.test(connectionId), created.error);

const path = { groupId, connectionId };
const got = await client.GET(link, { params: { path } });
check('get: as sent', plain(got.data)?.serviceEndpointId === body.serviceEndpointId, got);
check('get: a state', plain(got.data)?.state === (PROFILE === 'observed' ? 'DONE' : 'PENDING'), got.data);

const list = await client.GET(links, { params: { path: { groupId }, query: { itemsPerPage: 10 } } });
check(
  'list',
  list.data?.results?.some(({ _id }) => _id === connectionId),
  list,
);

const updated = await client.PATCH(link, { params: { path }, body: { dnsDomain: 's3.example.com' } });
check('update', plain(updated.data)?.dnsDomain === 's3.example.com', updated.error);

const account = await client.GET('/api/atlas/v2/groups/{groupId}/streams/accountDetails', {
  params: { path: { groupId }, query: { cloudProvider: 'aws', regionName: 'US_EAST_1' } },
});
check('account details', plain(account.data)?.cloudProvider === 'aws', account.error);

const projects = await client.GET('/api/atlas/v2/groups');
check(
  'projects',
  projects.data?.results?.some(({ id }) => id === groupId),
  projects.error,
);

const again = await client.POST(links, { params: { path: { groupId } }, body });
check('a duplicate', plain(again.error)?.errorCode === 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', again);

const deleted = await client.DELETE(link, { params: { path } });
check('delete: 202', deleted.response.status === 202, deleted.error);
const gone = await client.GET(link, { params: { path } });
check('get, once it is gone: 404', gone.response.status === 404 && plain(gone.error)?.error === 404, gone);
end();
