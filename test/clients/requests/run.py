#!/usr/bin/env python3
"""A private link's life with Python's requests: HTTP digest on one session, which uses its nonce again and again.

Needs BASE_URL, GROUP_ID, PUBLIC_KEY, PRIVATE_KEY, MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.auth import HTTPDigestAuth

BASE_URL = os.environ["BASE_URL"]
GROUP_ID = os.environ["GROUP_ID"]
PUBLIC_KEY = os.environ["PUBLIC_KEY"]
PRIVATE_KEY = os.environ["PRIVATE_KEY"]
CLIENT = (os.environ["MONGODB_ATLAS_CLIENT_ID"], os.environ["MONGODB_ATLAS_CLIENT_SECRET"])

API = f"{BASE_URL}/api/atlas/v2"
LINKS = f"{API}/groups/{GROUP_ID}/streams/privateLinkConnections"
ACCEPT = {"Accept": "application/vnd.atlas.2024-05-30+json"}
# Targets of its own, so that the script can run more than once against one emulator.
RUN = f"{int(time.time())}-{os.getpid()}"

# As documented, or as observed.
DUPLICATE = (409, 400)

passed = failed = 0


def check(title, held, seen):
    """Counts one expectation, and says what was seen where it does not hold."""
    global passed, failed
    if held:
        passed += 1
        print(f"ok   {title}")
    else:
        failed += 1
        print(f"FAIL {title}: {seen}")


def status(title, response, *wanted):
    """Expects one of the statuses, and returns the body."""
    check(title, response.status_code in wanted, f"{response.status_code} instead of {wanted}: {response.text[:500]}")
    return response.json()


def payload(name):
    return {
        "provider": "AWS",
        "vendor": "S3",
        "region": "us-east-1",
        "serviceEndpointId": f"com.amazonaws.us-east-1.s3.{name}-{RUN}",
    }


def session(auth=None, token=None):
    new = requests.Session()
    new.auth = auth
    new.headers.update(ACCEPT)
    if token is not None:
        new.headers["Authorization"] = f"Bearer {token}"
    return new


def life(kind, client):
    """Creates, gets and lists a link."""
    body = payload(kind)
    created = status(f"{kind}: create", client.post(LINKS, json=body, timeout=20), 200)
    shown = status(f"{kind}: get", client.get(f"{LINKS}/{created.get('_id')}", timeout=20), 200)
    check(f"{kind}: comes back as sent", {name: shown.get(name) for name in body} == body, shown)
    query = {"itemsPerPage": 500, "pageNum": 1}
    page = status(f"{kind}: list", client.get(LINKS, params=query, timeout=20), 200)
    check(f"{kind}: is in the list", created.get("_id") in [link["_id"] for link in page["results"]], page)
    again = client.post(LINKS, json=body, timeout=20)
    code = status(f"{kind}: the same target again", again, *DUPLICATE).get("errorCode")
    check(f"{kind}: is called a duplicate", code == "STREAM_PRIVATE_LINK_ALREADY_EXISTS", code)
    status(f"{kind}: projects", client.get(f"{API}/groups", timeout=20), 200)
    status(f"{kind}: a link that is not there", client.get(f"{LINKS}/{'f' * 24}", timeout=20), 404)
    status(f"{kind}: delete", client.delete(f"{LINKS}/{created.get('_id')}", timeout=20), 202)
    status(f"{kind}: get, once it is gone", client.get(f"{LINKS}/{created.get('_id')}", timeout=20), 404)


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
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
