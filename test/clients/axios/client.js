import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'axios',
  package: 'axios',
  page: "import axios from 'axios'",
  did: "JavaScript, token: a link's life",
});
