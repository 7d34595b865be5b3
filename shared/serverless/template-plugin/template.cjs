/** Resources of a type, as pairs of logical id and resource. */
function ofType(template, ...types) {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}

/** The logical id that a `Ref`, an `Fn::GetAtt` of the ARN or a dependency names. */
function referredTo(value) {
  if (value === null || typeof value !== 'object') return undefined;
  if (typeof value.Ref === 'string') return value.Ref;
  const attribute = value['Fn::GetAtt'];
  if (typeof attribute === 'string') return attribute.split('.')[0];
  return Array.isArray(attribute) ? attribute[0] : undefined;
}

/** Whether anything below a value refers to a resource, by Ref, Fn::GetAtt or Fn::Sub. */
function mentions(value, logicalId) {
  if (value === null || typeof value !== 'object') return false;
  if (referredTo(value) === logicalId) return true;
  const text = value['Fn::Sub'];
  const substituted = Array.isArray(text) ? text[0] : text;
  if (typeof substituted === 'string' && new RegExp(`\\$\\{${logicalId}[.}]`).test(substituted)) return true;
  return Object.values(value).some((inner) => mentions(inner, logicalId));
}

/** Adds a dependency to a resource. */
function dependOn(resource, logicalId) {
  const known = [resource.DependsOn ?? []].flat();
  if (!known.includes(logicalId)) resource.DependsOn = [...known, logicalId];
}

/** A function's own role. */
function roleOf(template, fn) {
  return template.Resources[referredTo(fn.Properties.Role)];
}

/** Adds a statement to the role. */
function grant(role, statement) {
  role.Properties.Policies[0].PolicyDocument.Statement.push(statement);
}

module.exports = { dependOn, grant, mentions, ofType, referredTo, roleOf };
