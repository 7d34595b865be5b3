// osls takes plugins from a service's own folder only.
module.exports = require('../../shared/serverless/template-plugin.cjs');
