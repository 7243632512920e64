"""A private link's life with requests: HTTP digest on one session, which uses its nonce again and again; a token."""

import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.auth import HTTPDigestAuth

sys.path.insert(0, "../support")
from life import ACCEPT, BASE_URL, CLIENT, LINKS, PRIVATE_KEY, PUBLIC_KEY, check, end, life, status


def session(auth=None, token=None):
    new = requests.Session()
    new.auth = auth
    new.headers.update(ACCEPT)
    if token is not None:
        new.headers["Authorization"] = f"Bearer {token}"
    return new


def digest():
    auth = HTTPDigestAuth(PUBLIC_KEY, PRIVATE_KEY)
    client = session(auth)
    life("digest", client)
    repeated = client.get(LINKS, timeout=20)
    check("digest: one nonce serves many requests", not repeated.history, [r.status_code for r in repeated.history])

    # The nonce and its count belong to a thread each.
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: session(auth).get(LINKS, timeout=20).status_code, range(40)))
    check("digest: many threads at once", answers == [200] * 40, answers)
    wrong = session(HTTPDigestAuth(PUBLIC_KEY, "wrong")).get(LINKS, timeout=20)
    status("digest: a wrong key", wrong, 401)


def bearer():
    form = {"grant_type": "client_credentials"}
    grant = status("bearer: token", requests.post(f"{BASE_URL}/api/oauth/token", data=form, auth=CLIENT, timeout=20), 200)
    check("bearer: lives for an hour", (grant.get("token_type"), grant.get("expires_in")) == ("Bearer", 3600), grant)
    token = grant.get("access_token")
    life("bearer", session(token=token))
    revoked = requests.post(f"{BASE_URL}/api/oauth/revoke", data={"token": token}, auth=CLIENT, timeout=20)
    status("bearer: revoke", revoked, 200)
    status("bearer: a revoked token", session(token=token).get(LINKS, timeout=20), 401)


digest()
bearer()
end()
