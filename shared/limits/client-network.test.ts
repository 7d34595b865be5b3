import { clientOf, networkOf } from './client-network.ts';

test.each([
  ['192.0.2.7', '192.0.2.7', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:DB8:1:2::6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
  ['::ffff:192.0.2.7', '192.0.2.7', '192.0.2.0/24'],
  ['unknown', 'unknown', 'unknown'],
  ['', 'unknown', 'unknown'],
])('the client of %s is %s, in the network %s', (address, client, network) => {
  expect([clientOf(address), networkOf(address)]).toEqual([client, network]);
});
