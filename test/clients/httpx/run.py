"""A private link's life with httpx: HTTP digest on one client, which uses its nonce again and again; a token."""

import sys

import httpx

sys.path.insert(0, "../support")
from life import ACCEPT, BASE_URL, CLIENT, LINKS, PRIVATE_KEY, PUBLIC_KEY, check, end, life, status

with httpx.Client(auth=httpx.DigestAuth(PUBLIC_KEY, PRIVATE_KEY), headers=ACCEPT) as client:
    life("digest", client)
    repeated = client.get(LINKS)
    check("digest: one nonce serves many requests", not repeated.history, repeated.history)

wrong = httpx.get(LINKS, auth=httpx.DigestAuth(PUBLIC_KEY, "wrong"), headers=ACCEPT)
status("digest: a wrong key", wrong, 401)

form = {"grant_type": "client_credentials"}
grant = status("bearer: token", httpx.post(f"{BASE_URL}/api/oauth/token", data=form, auth=CLIENT), 200)
with httpx.Client(headers={**ACCEPT, "Authorization": f"Bearer {grant['access_token']}"}) as client:
    life("bearer", client)
    form = {"token": grant["access_token"]}
    status("bearer: revoke", httpx.post(f"{BASE_URL}/api/oauth/revoke", data=form, auth=CLIENT), 200)
    status("bearer: a revoked token", client.get(LINKS), 401)
end()
