import { Type } from '@sinclair/typebox';
import { resource } from '../../http/answer.js';
import { operation, type AnyOperation } from '../../http/operation.js';
import { flagsQuery } from '../../http/query.js';
import { refuse, SOURCE } from '../../kernel/conditions.js';
import { detailsOf, PROVIDERS } from './details.js';

const query = Type.Object({
  ...flagsQuery.properties,
  cloudProvider: Type.String({ description: 'aws, azure or gcp' }),
  regionName: Type.String({ description: 'the name of a region of this provider' }),
});

export const accountDetailsOperations: readonly AnyOperation[] = [
  operation({
    id: 'getGroupStreamAccountDetails',
    method: 'GET',
    path: '/groups/:groupId/streams/accountDetails',
    versions: ['2024-11-13'],
    javaMethod: 'ApiStreamsResource::getAccountDetails',
    status: 200,
    access: 'readProject',
    query,
    handle({ project, query: { cloudProvider, regionName } }) {
      return resource(detailsOf(project.id, cloudProvider, regionName) ?? refuseProvider(cloudProvider));
    },
  }),
];

function refuseProvider(cloudProvider: string): never {
  return refuse('invalidQueryParameter', {
    parameters: ['cloudProvider'],
    problem: `There is no cloudProvider ${cloudProvider}.`,
    remedy: `Send one of ${PROVIDERS.join(', ')}, in small or capital letters.`,
    source: SOURCE.inferred,
  });
}
