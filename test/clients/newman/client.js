import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'newman',
  package: 'newman',
  did: "a Postman collection, token: a link's life",
});
