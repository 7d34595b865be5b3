/** Environment variables of functions that connect to PostgreSQL or Redis, which are inside the VPC. */
const vpcVariables = ['DATABASE_HOST', 'REDIS_HOST'];

/**
 * Adds the service's environment (environment.yml) to functions without one, and the VPC to functions that connect to a
 * database or Redis. The others stay outside the VPC, where they start without a network interface; so do all functions
 * where databases are public.
 */
function applyFunctionDefaults(service) {
  const { environment, vpc, size } = service.custom;
  const usesVpc = size.databaseAccess === 'private';
  for (const name of service.getAllFunctions()) {
    const fn = service.getFunction(name);
    if (environment) fn.environment ??= structuredClone(environment);
    if (!usesVpc) delete fn.vpc;
    else if (vpcVariables.some((variable) => variable in (fn.environment ?? {})))
      fn.vpc ??= structuredClone(vpc);
  }
}

module.exports = { applyFunctionDefaults };
