import { asciiUpperCase, decimalDigits, hexDigits, uuid } from '../../kernel/ids.js';

/** Providers that have account details. They match without case: clients send them as typed (run). */
export const PROVIDERS = ['aws', 'azure', 'gcp'] as const;

/** What Atlas gives a project's stream processing in each region (Atlas documentation). */
const CIDR_BLOCK = '192.168.248.0/21';

/**
 * The account of a provider, keys in alphabetical order; undefined for an unknown provider. The shapes are Atlas's
 * documentation; the values follow from project and region (inferred).
 */
export function detailsOf(projectId: string, provider: string, region: string): object | undefined {
  const seed = (label: string): string => `${projectId}:${region.toLowerCase()}:${label}`;
  switch (asciiUpperCase(provider)) {
    case 'AWS':
      return {
        awsAccountId: decimalDigits(`${projectId}:account`, 12),
        cidrBlock: CIDR_BLOCK,
        cloudProvider: 'aws',
        vpcId: `vpc-0${hexDigits(seed('vpc'), 16)}`,
      };
    case 'AZURE':
      return {
        azureSubscriptionId: uuid(`${projectId}:account`),
        cidrBlock: CIDR_BLOCK,
        cloudProvider: 'azure',
        virtualNetworkName: `vnet_${hexDigits(seed('vnet'), 24)}_${hexDigits(seed('vnet suffix'), 8)}`,
      };
    case 'GCP':
      return {
        cidrBlock: CIDR_BLOCK,
        cloudProvider: 'gcp',
        gcpProjectId: `p-${hexDigits(`${projectId}:account`, 24)}`,
        vpcNetworkName: `nt-${hexDigits(seed('network'), 24)}-${hexDigits(seed('network suffix'), 8)}`,
      };
    default:
      return undefined;
  }
}
