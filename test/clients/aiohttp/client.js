import { fromPyPI } from '../support/kinds.js';

export default fromPyPI({
  name: 'aiohttp',
  package: 'aiohttp',
  page: 'import aiohttp',
  did: "Python, digest on one session, token: a link's life",
});
