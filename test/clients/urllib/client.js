import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'urllib',
  package: 'urllib',
  page: "import { request } from 'urllib'",
  did: "JavaScript, digest: a link's life",
});
