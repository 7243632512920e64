import { fromPyPI } from '../support/kinds.js';

export default fromPyPI({
  name: 'authlib',
  package: 'authlib',
  page: 'from authlib.integrations',
  did: "Python, a token that renews itself: a link's life",
});
