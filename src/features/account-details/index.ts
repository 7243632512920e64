import { Type, type TProperties } from '@sinclair/typebox';
import { atlasResource } from '../../http/operation.js';
import { resource } from '../../http/replies/replies.js';
import { component, text } from '../../http/schema.js';
import { flagsQuery, invalidQueryParameter } from '../../http/steps/query.js';
import type { Feature } from '../../world/index.js';
import { detailsOf, PROVIDERS } from './details.js';

const query = Type.Object({
  ...flagsQuery.properties,
  // The pattern is for the documents: the operation itself refuses others.
  cloudProvider: text('aws, azure or gcp', { pattern: '^([Aa][Ww][Ss]|[Aa][Zz][Uu][Rr][Ee]|[Gg][Cc][Pp])$' }),
  regionName: text('the name of a region of this provider', { minLength: 1 }),
});

const accountOf = (provider: string, cloud: string, own: TProperties) =>
  component(
    `${provider.replace(/^./, (first) => first.toUpperCase())}AccountDetails`,
    `An account of ${cloud}.`,
    { ...own, cidrBlock: text('Addresses of the network.'), cloudProvider: Type.Literal(provider) },
  );

const shownAccount = Type.Union(
  [
    accountOf('aws', 'AWS', {
      awsAccountId: text('The account.', { pattern: '^\\d{12}$' }),
      vpcId: text('The VPC.'),
    }),
    accountOf('azure', 'Azure', {
      azureSubscriptionId: text('The subscription.'),
      virtualNetworkName: text('The virtual network.'),
    }),
    accountOf('gcp', 'Google Cloud', {
      gcpProjectId: text('The project of Google Cloud.'),
      vpcNetworkName: text('The VPC network.'),
    }),
  ],
  { title: 'AccountDetails', description: 'An account in which stream processing runs.' },
);

const account = atlasResource('/groups/:groupId/streams/accountDetails', {
  tag: { name: 'Account details', description: "The accounts in which a project's stream processing runs." },
  versions: ['2024-11-13'],
  javaClass: 'ApiStreamsResource',
  access: 'readProject',
});

const operations = [
  account('getGroupStreamAccountDetails', 'GET', '', {
    summary: "Gets the account of a cloud provider in which a project's stream processing runs.",
    javaMethod: 'getAccountDetails',
    query,
    response: shownAccount,
    handle({ project, query: { cloudProvider, regionName } }) {
      const details = detailsOf(project.id, cloudProvider, regionName);
      if (details) return resource(details);
      const remedy = `Send one of ${PROVIDERS.join(', ')}, in small or capital letters.`;
      const problem = `There is no cloudProvider ${cloudProvider}.`;
      throw invalidQueryParameter('cloudProvider', remedy).because({ problem });
    },
  }),
];

/** The cloud account behind a project's stream processing: `/groups/{groupId}/streams/accountDetails`. */
export const accountDetails: Feature = {
  start: () => ({ operations }),
};
