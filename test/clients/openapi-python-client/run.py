"""A private link's life with a generated client: HTTP digest, which httpx adds, and a service account."""

import sys

import httpx
from atlas import AuthenticatedClient, Client
from atlas.api.private_links import create_group_stream_private_link_connection as create
from atlas.api.private_links import delete_group_stream_private_link_connection as delete
from atlas.api.private_links import get_group_stream_private_link_connection as get
from atlas.api.private_links import list_group_stream_private_link_connections as list_links
from atlas.api.tokens import create_token
from atlas.models import ApiError, PrivateLinkRequest, Token, TokenRequest

sys.path.insert(0, "../support")
from life import ACCEPT, BASE_URL, CLIENT, DUPLICATE, GROUP_ID, PRIVATE_KEY, PUBLIC_KEY
from life import check, end, pass_one_second, payload


def status(title, response, *wanted):
    """Expects one of the statuses, and returns the body as the generated code parsed it."""
    check(title, response.status_code in wanted, response)
    return response.parsed


def life(kind, client):
    body = PrivateLinkRequest.from_dict(payload(kind))
    created = status(f"{kind}: create", create.sync_detailed(GROUP_ID, client=client, body=body), 200)
    link = created.field_id
    shown = get.sync(GROUP_ID, link, client=client)
    for _ in range(10):
        if shown.state == "DONE":
            break
        pass_one_second()
        shown = get.sync(GROUP_ID, link, client=client)
    check(f"{kind}: becomes DONE", shown.state == "DONE", shown)
    other = create.sync(GROUP_ID, client=client, body=PrivateLinkRequest.from_dict(payload(f"{kind}-other")))
    page = list_links.sync(GROUP_ID, client=client, items_per_page=1, page_num=2)
    check(f"{kind}: the second page of two", (len(page.results), page.total_count) == (1, 2), page)
    delete.sync_detailed(GROUP_ID, other.field_id, client=client)
    again = status(f"{kind}: the same again", create.sync_detailed(GROUP_ID, client=client, body=body), *DUPLICATE)
    check(
        f"{kind}: is called a duplicate",
        isinstance(again, ApiError) and again.error_code == "STREAM_PRIVATE_LINK_ALREADY_EXISTS",
        again,
    )
    status(f"{kind}: a link that is not there", get.sync_detailed(GROUP_ID, "f" * 24, client=client), 404)
    status(f"{kind}: delete", delete.sync_detailed(GROUP_ID, link, client=client), 202)
    status(f"{kind}: get, once it is gone", get.sync_detailed(GROUP_ID, link, client=client), 404)


def with_auth(auth):
    return Client(BASE_URL, headers=ACCEPT, httpx_args={"auth": auth})


life("digest", with_auth(httpx.DigestAuth(PUBLIC_KEY, PRIVATE_KEY)))
wrong = with_auth(httpx.DigestAuth(PUBLIC_KEY, "wrong"))
status("digest: a wrong key", list_links.sync_detailed(GROUP_ID, client=wrong), 401)

grant = create_token.sync(client=with_auth(CLIENT), body=TokenRequest.from_dict({"grant_type": "client_credentials"}))
check("bearer: token", isinstance(grant, Token), grant)
life("bearer", AuthenticatedClient(BASE_URL, grant.access_token, headers=ACCEPT))
end()
