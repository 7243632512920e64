import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'digest-fetch',
  package: 'digest-fetch',
  page: "import DigestClient from 'digest-fetch'",
  did: "JavaScript, digest, one nonce for all: a link's life",
});
