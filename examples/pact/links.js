// The code that both sides of the contract are about: a client of your own.

/** The state of a private link. */
export async function stateOf(baseUrl, token, groupId, id) {
  const path = `/api/atlas/v2/groups/${groupId}/streams/privateLinkConnections/${id}`;
  const response = await fetch(baseUrl + path, {
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/vnd.atlas.2023-02-01+json' },
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return { state: body.state, why: body.errorMessage };
}

/** How many private links a project has. */
export async function countLinks(baseUrl, token, groupId) {
  const path = `/api/atlas/v2/groups/${groupId}/streams/privateLinkConnections`;
  const response = await fetch(baseUrl + path, {
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/vnd.atlas.2023-02-01+json' },
  });
  return (await response.json()).totalCount;
}
