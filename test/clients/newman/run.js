// Postman's collection with newman: each assertion is a check.
import newman from 'newman';
import { checks } from '../support/checks.js';
import { passOneSecond } from '../support/life.js';

const { BASE_URL, GROUP_ID, MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET } = process.env;
const { check, end } = checks();
const variables = {
  baseUrl: BASE_URL,
  groupId: GROUP_ID,
  clientId: MONGODB_ATLAS_CLIENT_ID,
  clientSecret: MONGODB_ATLAS_CLIENT_SECRET,
};

newman
  .run({
    collection: './private-links.json',
    envVar: Object.entries(variables).map(([key, value]) => ({ key, value })),
  })
  .on('beforeItem', (_error, { item }) => void (item.name === 'Poll' && passOneSecond()))
  .on('assertion', (error, { assertion }) => check(assertion, error === null, error?.message))
  .on('request', (error, { item }) => error && check(item.name, false, error.message))
  .on('done', (error, { run }) => {
    check('every request was sent', error === null && run.failures.length === 0, run.failures);
    end();
  });
