const { createHash } = require('node:crypto');
const { mentions, ofType, referredTo } = require('./template.cjs');

/**
 * Makes a version of its own for every release, and only for one: osls names a version after the function's code and
 * settings, but sees a stack parameter as its name alone, so that a release with another value would never reach the
 * alias. `given` are the values that a deployment passes (`provider.stackParameters`).
 */
function renewVersions(template, given) {
  for (const [versionId, version] of ofType(template, 'AWS::Lambda::Version')) {
    // An alias can be moved back to a version for as long as the function is there. One whose release was rolled back
    // goes: Lambda makes no second version of the same code, and the next try of that release would fail.
    version.DeletionPolicy = 'RetainExceptOnCreate';
    const values = valuesOf(template, template.Resources[referredTo(version.Properties.FunctionName)], given);
    if (values.length === 0) continue;
    const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 8);
    rename(template, versionId, `${versionId}With${hash}`);
  }
}

/** The parameters that a function's settings depend on, and their values. */
function valuesOf(template, fn, given) {
  return Object.entries(template.Parameters ?? {})
    .filter(([name]) => mentions(fn.Properties, name))
    .map(([name, parameter]) => [name, passed(given, name) ?? parameter.Default ?? '']);
}

const passed = (given, name) => given.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;

/** Gives a version another logical id; until aliases are made, only outputs name it. */
function rename(template, from, to) {
  template.Resources[to] = template.Resources[from];
  delete template.Resources[from];
  for (const output of Object.values(template.Outputs ?? {}))
    if (output.Value?.Ref === from) output.Value = { Ref: to };
}

module.exports = { renewVersions };
