const { join } = require('node:path');
const { addAsyncFailureQueue } = require('./template-plugin/async-failures.cjs');
const { shiftGradually } = require('./template-plugin/canary.cjs');
const { applyFunctionDefaults } = require('./template-plugin/function-defaults.cjs');
const { encryptLogs } = require('./template-plugin/encrypted-logs.cjs');
const { addLiveAliases } = require('./template-plugin/live-alias.cjs');
const {
  dropSharedRole,
  nameRoles,
  narrowLogRights,
  narrowNetworkRights,
} = require('./template-plugin/own-roles.cjs');
const { keepWarm } = require('./template-plugin/provisioned.cjs');
const { migrateSchemaFirst } = require('./template-plugin/schema-first.cjs');
const { expandSubscriptions, subscriptionSchema } = require('./template-plugin/subscriptions.cjs');
const { renewVersions } = require('./template-plugin/versions.cjs');
const { deployGatewayResponses } = require('./template-plugin/gateway-responses.cjs');
const { addHeadRoutes } = require('./template-plugin/head-routes.cjs');

/**
 * Extends what osls compiles from a `serverless.yml`: before compilation it expands subscriptions, adds HEAD routes and names roles, after
 * it completes the template, one step per file in template-plugin/. Also runs when the local platform compiles.
 */
module.exports = class TemplatePlugin {
  constructor(serverless) {
    this.serverless = serverless;
    serverless.configSchemaHandler.defineFunctionEvent('aws', 'subscription', subscriptionSchema);
    this.hooks = {
      'package:initialize': () => this.prepareService(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.completeTemplate(),
    };
  }

  async prepareService() {
    const { service } = this.serverless;
    const { catalogue } = await import('../events/catalogue.ts');
    nameRoles(service, this.serverless.getProvider('aws').getRegion());
    applyFunctionDefaults(service);
    expandSubscriptions(service, catalogue);
    addHeadRoutes(service);
  }

  completeTemplate() {
    const { service, serviceDir } = this.serverless;
    const { alias, provisioned = {} } = service.custom.size;
    const { canary, prefix } = service.custom;
    const template = service.provider.compiledCloudFormationTemplate;
    const stackName = this.serverless.getProvider('aws').naming.getStackName();
    dropSharedRole(template);
    narrowNetworkRights(template);
    narrowLogRights(template);
    deployGatewayResponses(template);
    addAsyncFailureQueue(template, { prefix, service: service.service });
    encryptLogs(template, prefix);
    migrateSchemaFirst(
      template,
      [join(serviceDir, 'migrations'), join(__dirname, '..', 'postgres', 'migrations')],
      {
        prepares: service.custom.standbyActive !== 'true',
        prepareDatabaseArn: service.custom.prepareDatabaseArn,
      },
    );
    if (!alias) return;
    renewVersions(template, service.provider.stackParameters ?? []);
    const { permissionsBoundary } = service.custom;
    const sizes = provisioned[service.service] ?? {};
    const keyOf = (name) => name.slice(stackName.length + 1);
    const { gradual } = service.custom;
    const aliases = addLiveAliases(template, (name) => gradual === null || gradual.includes(keyOf(name)));
    const release = {
      stackName,
      configuration: canary,
      permissionsBoundary,
      prefix,
      service: service.service,
      isWarm: (name) => sizes[keyOf(name)] !== undefined,
    };
    if (canary) shiftGradually(template, aliases, release);
    keepWarm(template, aliases, sizes, keyOf);
  }
};
