/**
 * The osls plugin of resources/observability: adds the alarms and dashboards for all other stacks of the stage while the
 * stack is packaged. Compiles those stacks (or reads them from .cache/compile); offline.
 */
module.exports = class ObservabilityPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'package:initialize': () => this.addResources() };
  }

  async addResources() {
    const { service } = this.serverless;
    const { project, prefix, runbooks, standbyRegion, size } = service.custom;
    const { observabilityResources, inputFiles } = await import('./resources.ts');
    const { stage } = service.provider;
    const settings = { project, stage, prefix, runbooks, standbyRegion, size };
    Object.assign(service.resources.Resources, await observabilityResources(settings));
    /** Read by build/compile/osls.ts: the compile cache must recompile when one of them changes. */
    this.inputFiles = inputFiles();
  }
};
