// The CloudFormation handler of MongoDB::Atlas::StreamPrivatelinkEndpoint, by its own contract: events as
// CloudFormation sends them through Lambda, called back as long as it answers IN_PROGRESS.
import { spawn } from 'node:child_process';
import { checks } from '../support/checks.js';
import { lambdaRuntime, standInForAws } from './aws.js';

const { check, end } = checks();
const { MONGODB_ATLAS_BASE_URL: url, MONGODB_ATLAS_PROJECT_ID: project, CONTROL_URL, PROFILE } = process.env;
const { MONGODB_ATLAS_PUBLIC_KEY: publicKey, MONGODB_ATLAS_PRIVATE_KEY: privateKey } = process.env;
const { READER_PUBLIC_KEY, READER_PRIVATE_KEY } = process.env;

const secret = (PublicKey, PrivateKey) => ({ PublicKey, PrivateKey, BaseUrl: url });
const aws = await standInForAws({
  'cfn/atlas/profile/default': secret(publicKey, privateKey),
  'cfn/atlas/profile/wrong': secret(publicKey, 'wrong'),
  'cfn/atlas/profile/reader': secret(READER_PUBLIC_KEY, READER_PRIVATE_KEY),
});
const lambda = await lambdaRuntime();
const own = Object.entries(process.env).filter(([name]) => !/^(MONGODB|AWS)_/.test(name));
const handler = spawn(process.argv[2], {
  env: {
    ...Object.fromEntries(own),
    AWS_LAMBDA_RUNTIME_API: lambda.address,
    AWS_REGION: 'us-east-1',
    AWS_SAM_LOCAL: 'true',
    HTTPS_PROXY: aws.url,
    SSL_CERT_FILE: aws.authority,
  },
  stdio: ['ignore', 'ignore', 'ignore'],
});

const control = (path, body) =>
  fetch(CONTROL_URL + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const credentials = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' };
/** One action, called back until it has ended; `callbacks` are how often. */
async function act(action, properties) {
  let model = properties;
  let callbackContext;
  for (let callbacks = 0; callbacks < 10; callbacks += 1) {
    const answer = await lambda.invoke({
      awsAccountId: '123456789012',
      bearerToken: 'token',
      region: 'us-east-1',
      action,
      resourceType: 'MongoDB::Atlas::StreamPrivatelinkEndpoint',
      resourceTypeVersion: '1.0',
      callbackContext,
      stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/s/1',
      requestData: {
        callerCredentials: credentials,
        providerCredentials: credentials,
        providerLogGroupName: 'logs',
        logicalResourceId: 'Link',
        resourceProperties: model,
        previousResourceProperties: model,
      },
    });
    if (answer.status !== 'IN_PROGRESS') return { ...answer, callbacks };
    ({ resourceModel: model, callbackContext } = answer);
    // What CloudFormation would wait for.
    await control('/clock/advance', { by: `${answer.callbackDelaySeconds}s` });
  }
  return { status: 'still IN_PROGRESS' };
}

const wanted = {
  ProjectId: project,
  ProviderName: 'AWS',
  Vendor: 'S3',
  Region: 'us-east-1',
  ServiceEndpointId: 'com.amazonaws.us-east-1.s3',
};
const created = await act('CREATE', wanted);
const link = created.resourceModel;
check('create: ends at DONE', created.status === 'SUCCESS' && link?.State === 'DONE', created);
const read = await act('READ', { ProjectId: project, Id: link?.Id });
check(
  'read',
  read.status === 'SUCCESS' && read.resourceModel.ServiceEndpointId === wanted.ServiceEndpointId,
  read,
);
const list = await act('LIST', { ProjectId: project });
check(
  'list',
  list.resourceModels?.some(({ Id }) => Id === link?.Id),
  list,
);
const again = await act('CREATE', wanted);
check('create, the same again: AlreadyExists', again.errorCode === 'AlreadyExists', again);
const deleted = await act('DELETE', { ProjectId: project, Id: link?.Id });
check('delete', deleted.status === 'SUCCESS', deleted);

// The handler has a name for 401, and none for 403.
const lacking = PROFILE === 'observed' ? 'AccessDenied' : 'InternalFailure';
for (const [title, action, properties, code] of [
  ['delete, once more: NotFound', 'DELETE', { ProjectId: project, Id: link?.Id }, 'NotFound'],
  ['read, once it is gone: NotFound', 'READ', { ProjectId: project, Id: link?.Id }, 'NotFound'],
  ['create, an unknown project: NotFound', 'CREATE', { ...wanted, ProjectId: 'f'.repeat(24) }, 'NotFound'],
  ['create, a wrong key: AccessDenied', 'CREATE', { ...wanted, Profile: 'wrong' }, 'AccessDenied'],
  [`create, a missing role: ${lacking}`, 'CREATE', { ...wanted, Profile: 'reader' }, lacking],
  [
    'create, a field that is missing: InvalidRequest',
    'CREATE',
    { ...wanted, Region: undefined },
    'InvalidRequest',
  ],
]) {
  const refused = await act(action, properties);
  check(title, refused.status === 'FAILED' && refused.errorCode === code, refused);
}
await control('/private-link-rules', { times: 1, fail: 'The endpoint service is not known.' });
const failed = await act('CREATE', wanted);
const shown = failed.status === 'FAILED' && failed.message.includes('The endpoint service is not known.');
check('create, a link that FAILs: its message', shown, failed);
handler.kill();
end();
process.exit();
