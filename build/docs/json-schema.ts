type Json = Record<string, unknown>;

/** Adds what `absentIfEmpty` of shared/http/fields.ts accepts besides the field's own values. */
export function admitEmpty(json: Json): void {
  if (json['absentIfEmpty'] !== true) return;
  const { absentIfEmpty: _, default: value, ...schema } = json;
  for (const name of Object.keys(json)) delete json[name];
  const empty = { type: ['string', 'null'], maxLength: 0, description: 'Counts as absent.' };
  Object.assign(json, { anyOf: [schema, empty] }, value === undefined ? {} : { default: value });
}

/** Writes a record with an enum key as an object with these properties, which more tools support. */
export function nameProperties(json: Json): void {
  const names = (json['propertyNames'] as { enum?: string[] } | undefined)?.enum;
  if (names === undefined) return;
  json['properties'] = Object.fromEntries(names.map((name) => [name, json['additionalProperties']]));
  json['additionalProperties'] = false;
  delete json['propertyNames'];
}
