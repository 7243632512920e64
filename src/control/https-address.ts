import type { Context } from '../http/operation.js';

/**
 * The address by which whoever called reaches the emulator over https: undefined where it serves none.
 *
 * @param port where it serves https, if it does
 */
export function httpsAddress(
  { baseUrl, request }: Pick<Context, 'baseUrl' | 'request'>,
  port: number | undefined,
): string | undefined {
  if (baseUrl.startsWith('https:')) return baseUrl;
  if (request.protocol === 'https') return `https://${request.host}`;
  if (port === undefined) return undefined;
  // The name is whatever the client sent.
  return `${baseUrl.replace(/^http:/, 'https:').replace(/:\d*$/, '')}:${port}`;
}
