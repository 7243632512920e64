import { isIPv4, isIPv6 } from 'node:net';
import { readFixture } from './version.js';

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/;

/**
 * The addresses and names that `--host` stands for, without brackets. `localhost` is both loopback addresses; `0.0.0.0`
 * and `::` replace the other addresses of their family.
 */
export function addressesOf(host: string | readonly string[]): string[] {
  const hosts = [host].flat().map((one) => one.trim().toLowerCase());
  const addresses = hosts
    .map((one) => one.replace(/^\[(.*)\]$/, '$1'))
    .flatMap((one) => (one === 'localhost' ? ['127.0.0.1', '::1'] : one));
  const isIncluded = (one: string): boolean =>
    (addresses.includes('0.0.0.0') && one !== '0.0.0.0' && isIPv4(one)) ||
    (addresses.includes('::') && one !== '::' && isIPv6(one));
  return [...new Set(addresses)].filter((one) => !isIncluded(one));
}

/** Whether a server that listens on this address is reachable only from its own machine. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/** The host of a URL for a client on this machine: an address that stands for all becomes loopback. */
export function urlHost(address: string): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return reachable.includes(':') ? `[${reachable}]` : reachable;
}

const BLOCKED_PORTS = new Set(readFixture('blocked-ports.json') as number[]);

/** Whether `fetch` and browsers refuse to connect to a port (https://fetch.spec.whatwg.org/#port-blocking). */
export function isBlockedPort(port: number): boolean {
  return BLOCKED_PORTS.has(port);
}
