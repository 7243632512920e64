import { fromPyPI } from '../support/kinds.js';

export default fromPyPI({
  name: 'requests',
  package: 'requests',
  page: 'import requests',
  did: "Python, digest on one session and by many threads, token: a link's life",
});
