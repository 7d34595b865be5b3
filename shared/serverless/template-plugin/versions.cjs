const { createHash } = require('node:crypto');
const { mentions, ofType, referredTo } = require('./template.cjs');

/**
 * Creates one new version per release: osls names a version after the function's code and settings, but uses only the name
 * of a stack parameter, so a release with another value would never reach the alias. `parameters` are the values that a
 * deployment passes (`provider.stackParameters`).
 */
function renewVersions(template, parameters) {
  for (const [versionId, version] of ofType(template, 'AWS::Lambda::Version')) {
    // An alias can be moved back to a version while the function exists. A version whose release was rolled back is
    // deleted: Lambda creates no second version of the same code, so the next attempt of that release would fail.
    version.DeletionPolicy = 'RetainExceptOnCreate';
    const values = valuesOf(
      template,
      template.Resources[referredTo(version.Properties.FunctionName)],
      parameters,
    );
    if (values.length === 0) continue;
    const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 8);
    rename(template, versionId, `${versionId}With${hash}`);
  }
}

/** The parameters that a function's settings depend on, and their values. */
function valuesOf(template, fn, parameters) {
  return Object.entries(template.Parameters ?? {})
    .filter(([name]) => mentions(fn.Properties, name))
    .map(([name, parameter]) => [name, parameterValue(parameters, name) ?? parameter.Default ?? '']);
}

const parameterValue = (parameters, name) =>
  parameters.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;

/** Changes a version's logical id; before aliases are created, only outputs refer to it. */
function rename(template, from, to) {
  template.Resources[to] = template.Resources[from];
  delete template.Resources[from];
  for (const output of Object.values(template.Outputs ?? {}))
    if (output.Value?.Ref === from) output.Value = { Ref: to };
}

module.exports = { renewVersions };
