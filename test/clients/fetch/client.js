import { scripted } from '../support/kinds.js';

export default scripted({
  name: 'fetch',
  did: "JavaScript, token: a link's life, revocation",
  build: async () => ({ version: `Node ${process.version}`, command: ['node', 'run.js'] }),
});
