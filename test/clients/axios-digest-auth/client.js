import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'axios-digest-auth',
  package: '@mhoc/axios-digest-auth',
  page: 'import axiosDigestAuth',
  did: "JavaScript, digest of the path without its query: a link's life; refused as documented",
});
