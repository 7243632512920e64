"""What the Python clients share: checks that print a line each, and a private link's life."""

import os
import sys
import time
from urllib.request import Request, urlopen

BASE_URL = os.environ["BASE_URL"]
GROUP_ID = os.environ["GROUP_ID"]
PUBLIC_KEY = os.environ["PUBLIC_KEY"]
PRIVATE_KEY = os.environ["PRIVATE_KEY"]
CLIENT = (os.environ["MONGODB_ATLAS_CLIENT_ID"], os.environ["MONGODB_ATLAS_CLIENT_SECRET"])

API = f"{BASE_URL}/api/atlas/v2"
LINKS = f"{API}/groups/{GROUP_ID}/streams/privateLinkConnections"
ACCEPT = {"Accept": "application/vnd.atlas.2024-05-30+json"}
# Targets of its own, so that a script can run more than once against one emulator.
RUN = f"{int(time.time())}-{os.getpid()}"

# As documented, or as observed.
DUPLICATE = (409, 400)

failed = 0


def check(title, held, seen):
    """Counts one expectation, and says what was seen where it does not hold."""
    global failed
    failed += 0 if held else 1
    print(f"ok   {title}" if held else f"FAIL {title}: {seen}")


def status(title, response, *wanted):
    """Expects one of the statuses, and returns the body, or None if there is none."""
    seen = f"{response.status_code} instead of {wanted}: {response.text[:500]}"
    check(title, response.status_code in wanted, seen)
    return response.json() if response.content else None


def payload(name):
    return {
        "provider": "AWS",
        "vendor": "S3",
        "region": "us-east-1",
        "serviceEndpointId": f"com.amazonaws.us-east-1.s3.{name}-{RUN}",
    }


def pass_one_second():
    """Advances the project's clock, which the runner freezes."""
    url = f"{os.environ['CONTROL_URL']}/clock/advance"
    urlopen(Request(url, b'{"by":"1s"}', {"Content-Type": "application/json"}), timeout=20).close()


def life(kind, client):
    """Creates, polls, lists and deletes a link, with any client that is called as requests and httpx are."""
    body = payload(kind)
    created = status(f"{kind}: create", client.post(LINKS, json=body, timeout=20), 200)
    link = f"{LINKS}/{created.get('_id')}"
    shown = status(f"{kind}: get", client.get(link, timeout=20), 200)
    check(f"{kind}: comes back as sent", {name: shown.get(name) for name in body} == body, shown)
    for _ in range(10):
        if shown.get("state") == "DONE":
            break
        pass_one_second()
        shown = client.get(link, timeout=20).json()
    check(f"{kind}: becomes DONE", shown.get("state") == "DONE", shown)
    query = {"itemsPerPage": 500, "pageNum": 1}
    page = status(f"{kind}: list", client.get(LINKS, params=query, timeout=20), 200)
    check(f"{kind}: is in the list", created.get("_id") in [one["_id"] for one in page["results"]], page)
    other = client.post(LINKS, json=payload(f"{kind}-other"), timeout=20).json()
    page = status(f"{kind}: second page", client.get(LINKS, params={"itemsPerPage": 1, "pageNum": 2}, timeout=20), 200)
    check(f"{kind}: has one of two", (len(page["results"]), page["totalCount"]) == (1, 2), page)
    client.delete(f"{LINKS}/{other['_id']}", timeout=20)
    again = client.post(LINKS, json=body, timeout=20)
    code = status(f"{kind}: the same target again", again, *DUPLICATE).get("errorCode")
    check(f"{kind}: is called a duplicate", code == "STREAM_PRIVATE_LINK_ALREADY_EXISTS", code)
    status(f"{kind}: projects", client.get(f"{API}/groups", timeout=20), 200)
    status(f"{kind}: a link that is not there", client.get(f"{LINKS}/{'f' * 24}", timeout=20), 404)
    status(f"{kind}: delete", client.delete(link, timeout=20), 202)
    status(f"{kind}: get, once it is gone", client.get(link, timeout=20), 404)


def end():
    sys.exit(1 if failed else 0)
