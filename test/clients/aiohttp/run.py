"""A private link's life with aiohttp: HTTP digest, whose middleware uses its nonce again and again; a token."""

import asyncio
import sys
from json import loads

import aiohttp

sys.path.insert(0, "../support")
from life import ACCEPT, BASE_URL, CLIENT, LINKS, PRIVATE_KEY, PUBLIC_KEY, check, end, life, status


class Response:
    def __init__(self, code, text):
        self.status_code, self.text, self.content = code, text, text

    def json(self):
        return loads(self.text)


class Client:
    """A session that is called as those of requests are, with an event loop of its own."""

    def __init__(self, **options):
        self.loop = asyncio.new_event_loop()
        self.requests = 0
        self.session = self.loop.run_until_complete(self.open(options))

    async def open(self, options):
        tracing = aiohttp.TraceConfig()
        tracing.on_request_headers_sent.append(self.count)
        return aiohttp.ClientSession(headers=ACCEPT, trace_configs=[tracing], **options)

    async def count(self, *_):
        self.requests += 1

    async def send(self, method, url, options):
        async with self.session.request(method, url, **options) as response:
            return Response(response.status, await response.text())

    def request(self, method, url, timeout=20, **options):
        options["timeout"] = aiohttp.ClientTimeout(timeout)
        return self.loop.run_until_complete(self.send(method, url, options))

    def get(self, url, **options):
        return self.request("GET", url, **options)

    def post(self, url, **options):
        return self.request("POST", url, **options)

    def delete(self, url, **options):
        return self.request("DELETE", url, **options)

    def close(self):
        self.loop.run_until_complete(self.session.close())
        self.loop.close()


def digest(password):
    return Client(middlewares=[aiohttp.DigestAuthMiddleware(PUBLIC_KEY, password)])


client = digest(PRIVATE_KEY)
life("digest", client)
before = client.requests
client.get(LINKS)
check("digest: one nonce serves many requests", client.requests == before + 1, client.requests - before)
client.close()

client = digest("wrong")
status("digest: a wrong key", client.get(LINKS), 401)
client.close()

client = Client()
form = {"grant_type": "client_credentials"}
grant = client.post(f"{BASE_URL}/api/oauth/token", data=form, auth=aiohttp.BasicAuth(*CLIENT)).json()
client.close()
client = Client()
client.session.headers["Authorization"] = f"Bearer {grant['access_token']}"
life("bearer", client)
client.close()
end()
