import { isIPv4, isIPv6 } from 'node:net';

/**
 * What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, since the owner of one has all its addresses
 * (RFC 7421). Text that is no address is one client.
 */
export function clientOf(given: string): string {
  const address = unmapped(given);
  return isIPv4(address) ? address : isIPv6(address) ? ipv6Network(address, 4) : 'unknown';
}

/** The network of a client: 24 bits of IPv4, 48 bits of IPv6, which sites commonly get (RFC 6177). */
export function networkOf(given: string): string {
  const address = unmapped(given);
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(address) ? ipv6Network(address, 3) : 'unknown';
}

/** The IPv4 address that an IPv6 socket shows as `::ffff:192.0.2.7` (RFC 4291, 2.5.5.2). */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '');

/** The first groups of an IPv6 address, in the canonical form that URLs have. */
function ipv6Network(address: string, groups: number): string {
  const [start = '', end] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname
    .slice(1, -1)
    .split('::');
  const first = start === '' ? [] : start.split(':');
  const last = end === undefined || end === '' ? [] : end.split(':');
  const all = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return `${all.slice(0, groups).join(':')}::/${groups * 16}`;
}
