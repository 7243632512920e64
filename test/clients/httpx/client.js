import { fromPyPI } from '../support/kinds.js';

export default fromPyPI({
  name: 'httpx',
  package: 'httpx',
  page: 'httpx.DigestAuth(',
  did: "Python, digest on one client, token: a link's life",
});
