import { isIPv4, isIPv6 } from 'node:net';

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
    (isIPv4(one) && one !== '0.0.0.0' && addresses.includes('0.0.0.0')) ||
    (isIPv6(one) && one !== '::' && addresses.includes('::'));
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

const BLOCKED_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Whether `fetch` and browsers refuse to connect to a port (https://fetch.spec.whatwg.org/#port-blocking). */
export function isBlockedPort(port: number): boolean {
  return BLOCKED_PORTS.has(port);
}
