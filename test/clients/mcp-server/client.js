import { fromNpm } from '../support/kinds.js';

export default fromNpm({
  name: 'mcp-server',
  package: 'mongodb-mcp-server',
  did: 'over https, with a service account: its tools create, list and delete a link',
});
