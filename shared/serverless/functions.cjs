const { join } = require('node:path');
const { keepAsyncFailures } = require('./functions/async-failures.cjs');
const { dropSharedRole, narrowNetworkRights } = require('./functions/own-roles.cjs');
const { migrateSchemaFirst } = require('./functions/schema-first.cjs');

/**
 * What every stack's functions get beyond what osls makes of `serverless.yml`, written into the compiled template after
 * everything else has its place in it: one step per file of functions/. Also runs when the local platform compiles.
 */
module.exports = class FunctionsPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.finish(),
    };
  }

  finish() {
    const { service, serviceDir } = this.serverless;
    const template = service.provider.compiledCloudFormationTemplate;
    dropSharedRole(template);
    narrowNetworkRights(template);
    keepAsyncFailures(template);
    migrateSchemaFirst(template, [
      join(serviceDir, 'migrations'),
      join(__dirname, '..', 'postgres', 'migrations'),
    ]);
  }
};
