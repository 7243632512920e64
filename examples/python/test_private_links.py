import os

import pytest
import requests

URL = os.environ["ATLAS_EMULATOR_URL"]
CONTROL = requests.Session()
CONTROL.headers["Authorization"] = f"Bearer {os.environ.get('ATLAS_EMULATOR_CONTROL_TOKEN', '')}"
S3 = {"provider": "AWS", "vendor": "S3", "region": "us-east-1", "serviceEndpointId": "com.amazonaws.us-east-1.s3"}


def control(method, path, body=None):
    response = CONTROL.request(method, f"{URL}/_emulator{path}", json=body)
    assert response.ok, response.text
    return response.json() if response.content else None


@pytest.fixture
def project():
    created = control("POST", "/projects", {"profile": "documented"})
    yield created
    control("DELETE", f"/projects/{created['id']}")


@pytest.fixture
def atlas(project):
    """A session with the API key of the project's owner."""
    key = project["credentials"]["owner"]["apiKey"]
    session = requests.Session()
    session.auth = requests.auth.HTTPDigestAuth(key["publicKey"], key["privateKey"])
    session.headers["Accept"] = "application/vnd.atlas.2024-05-30+json"
    return session


def test_a_private_link_is_done_after_two_seconds(project, atlas):
    links = f"{URL}/api/atlas/v2/groups/{project['id']}/streams/privateLinkConnections"
    control("POST", f"/projects/{project['id']}/clock/freeze")
    created = atlas.post(links, json=S3).json()
    assert created["state"] == "PENDING"

    control("POST", f"/projects/{project['id']}/clock/advance", {"by": "2s"})

    assert atlas.get(f"{links}/{created['_id']}").json()["state"] == "DONE"
