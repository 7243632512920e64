import { Type } from '@sinclair/typebox';
import { atlasResource, type AtlasOperation } from '../../http/operation.js';
import { resource } from '../../http/replies/replies.js';
import { flagsQuery, invalidQueryParameter } from '../../http/steps/query.js';
import { detailsOf, PROVIDERS } from './details.js';

const query = Type.Object({
  ...flagsQuery.properties,
  cloudProvider: Type.String({
    description: 'aws, azure or gcp',
    // For the documents: the operation itself refuses others.
    pattern: '^([Aa][Ww][Ss]|[Aa][Zz][Uu][Rr][Ee]|[Gg][Cc][Pp])$',
  }),
  regionName: Type.String({ minLength: 1, description: 'the name of a region of this provider' }),
});

const cidrBlock = Type.String({ description: 'Addresses of the network.' });

const accountDetails = Type.Union(
  [
    Type.Object(
      {
        awsAccountId: Type.String({ pattern: '^\\d{12}$', description: 'The account.' }),
        cidrBlock,
        cloudProvider: Type.Literal('aws'),
        vpcId: Type.String({ description: 'The VPC.' }),
      },
      { title: 'AwsAccountDetails', description: 'An account of AWS.' },
    ),
    Type.Object(
      {
        azureSubscriptionId: Type.String({ description: 'The subscription.' }),
        cidrBlock,
        cloudProvider: Type.Literal('azure'),
        virtualNetworkName: Type.String({ description: 'The virtual network.' }),
      },
      { title: 'AzureAccountDetails', description: 'An account of Azure.' },
    ),
    Type.Object(
      {
        cidrBlock,
        cloudProvider: Type.Literal('gcp'),
        gcpProjectId: Type.String({ description: 'The project of Google Cloud.' }),
        vpcNetworkName: Type.String({ description: 'The VPC network.' }),
      },
      { title: 'GcpAccountDetails', description: 'An account of Google Cloud.' },
    ),
  ],
  { title: 'AccountDetails', description: 'An account in which stream processing runs.' },
);

const account = atlasResource('/groups/:groupId/streams/accountDetails', {
  tag: {
    name: 'Account details',
    description: "The accounts in which a project's stream processing runs.",
  },
  versions: ['2024-11-13'],
  javaClass: 'ApiStreamsResource',
  access: 'readProject',
});

export const accountDetailsOperations: readonly AtlasOperation[] = [
  account('GET', '', {
    id: 'getGroupStreamAccountDetails',
    summary: "Gets the account of a cloud provider in which a project's stream processing runs.",
    versions: ['2024-11-13'],
    javaMethod: 'getAccountDetails',
    query,
    response: accountDetails,
    handle({ project, query: { cloudProvider, regionName } }) {
      const details = detailsOf(project.id, cloudProvider, regionName);
      if (details) return resource(details);
      throw invalidQueryParameter(
        'cloudProvider',
        `Send one of ${PROVIDERS.join(', ')}, in small or capital letters.`,
        `There is no cloudProvider ${cloudProvider}.`,
      );
    },
  }),
];
