const ACCEPT = 'application/vnd.atlas.2024-05-30+json';
const { BASE_URL, GROUP_ID, PROFILE, CONTROL_URL } = process.env;

/** The private links of the project. */
export const LINKS = `${BASE_URL}/api/atlas/v2/groups/${GROUP_ID}/streams/privateLinkConnections`;

/** Advances the project's clock, which the runner freezes. */
export const passOneSecond = () =>
  fetch(`${CONTROL_URL}/clock/advance`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"by":"1s"}',
  });

/**
 * A private link's life with one client: created, polled, listed, refused, deleted.
 *
 * @param check one expectation, as in checks.js
 * @param call sends a request with the client: (method, url, headers, body as text) → { status, text }
 */
export async function life(check, call) {
  const send = async (method, url, body) => {
    const headers = { Accept: ACCEPT, ...(body && { 'Content-Type': 'application/json' }) };
    const { status, text } = await call(method, url, headers, body && JSON.stringify(body));
    return { status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const body = {
    provider: 'AWS',
    vendor: 'S3',
    region: 'us-east-1',
    serviceEndpointId: `com.amazonaws.us-east-1.s3.${process.pid}`,
  };
  const created = await send('POST', LINKS, body);
  check(
    'create: 200 with an _id',
    created.status === 200 && /^[0-9a-f]{24}$/.test(created.json._id),
    created,
  );
  const link = `${LINKS}/${created.json._id}`;

  const got = await send('GET', link);
  const { provider, vendor, region, serviceEndpointId } = got.json;
  const sent = { provider, vendor, region, serviceEndpointId };
  check('get: as sent', JSON.stringify(sent) === JSON.stringify(body), got);
  check('get: a state', got.json.state === (PROFILE === 'observed' ? 'DONE' : 'PENDING'), got);

  let polled = got;
  for (let seconds = 0; polled.json.state !== 'DONE' && seconds < 10; seconds += 1) {
    await passOneSecond();
    polled = await send('GET', link);
  }
  check('poll: DONE', polled.json.state === 'DONE', polled);

  const list = await send('GET', `${LINKS}?itemsPerPage=500&pageNum=1`);
  check(
    'list: the link is in it',
    list.json.results.some(({ _id }) => _id === created.json._id),
    list,
  );
  const other = await send('POST', LINKS, { ...body, serviceEndpointId: `${body.serviceEndpointId}.other` });
  const second = await send('GET', `${LINKS}?itemsPerPage=1&pageNum=2`);
  const { results, totalCount } = second.json;
  check('list: the second page of two', results.length === 1 && totalCount === 2, second);
  await send('DELETE', `${LINKS}/${other.json._id}`);

  const again = await send('POST', LINKS, body);
  check('create, the same again: refused', again.status === (PROFILE === 'observed' ? 400 : 409), again);
  check('… as a duplicate', again.json.errorCode === 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', again);
  const unknown = await send('POST', LINKS, { provider: 'NONE' });
  check('create, an unknown provider: 400', unknown.status === 400, unknown);
  const missing = await send('GET', `${LINKS}/${'f'.repeat(24)}`);
  check('get, one that is not there: 404', missing.status === 404, missing);
  const projects = await send('GET', `${BASE_URL}/api/atlas/v2/groups`);
  check(
    'projects: lists the project',
    projects.json.results.some(({ id }) => id === GROUP_ID),
    projects,
  );

  const deleted = await send('DELETE', link);
  check('delete: 202', deleted.status === 202, deleted);
  const gone = await send('GET', link);
  check('get, once it is gone: 404', gone.status === 404, gone);
  return send;
}
