"""A private link's life with Authlib on requests: a service account, whose token is renewed once it has expired."""

import sys

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

sys.path.insert(0, "../support")
from life import ACCEPT, BASE_URL, CLIENT, LINKS, check, end, life, status

TOKENS = f"{BASE_URL}/api/oauth/token"


def session(secret=CLIENT[1]):
    new = OAuth2Session(CLIENT[0], secret, token_endpoint=TOKENS, grant_type="client_credentials")
    new.headers.update(ACCEPT)
    return new


client = session()
first = client.fetch_token()["access_token"]
life("bearer", client)

client.token["expires_at"] = 0
status("bearer: once the token has expired", client.get(LINKS, timeout=20), 200)
check("bearer: has a new token", client.token["access_token"] != first, first)

revoked = client.token
client.revoke_token(f"{BASE_URL}/api/oauth/revoke", token=revoked["access_token"])
status("bearer: a revoked token", client.get(LINKS, timeout=20), 401)

refused = None
try:
    session("wrong").fetch_token()
except OAuthError as error:
    refused = error
check("bearer: a wrong secret", refused is not None and refused.error == "invalid_client", refused)
status("no credentials", requests.get(LINKS, headers=ACCEPT, timeout=20), 401)
end()
