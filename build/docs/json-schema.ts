type Json = Record<string, unknown>;

/** Adds what `absentIfEmpty` of shared/http/fields.ts accepts besides the field's own values. */
export function admitEmpty(json: Json): void {
  if (json['absentIfEmpty'] !== true) return;
  const { absentIfEmpty: _, default: value, ...schema } = json;
  for (const name of Object.keys(json)) delete json[name];
  const empty = { type: ['string', 'null'], maxLength: 0, description: 'Counts as absent.' };
  Object.assign(json, { anyOf: [schema, empty] }, value === undefined ? {} : { default: value });
}

/** Describes that a text of a request is storable (shared/http/storable.ts), unless it has a narrower rule. */
export function requireStorable(json: Json): void {
  const narrower = ['pattern', 'format', 'enum', 'const', '$ref'].some(
    (keyword) => json[keyword] !== undefined,
  );
  if (json['type'] === 'string' && !narrower) json['pattern'] = '^[^\\u0000\\ufffd-\\uffff]*$';
}

/** Writes a record with an enum key as an object with these properties, which more tools support. */
export function nameProperties(json: Json): void {
  const names = (json['propertyNames'] as { enum?: string[] } | undefined)?.enum;
  if (names === undefined) return;
  json['properties'] = Object.fromEntries(names.map((name) => [name, json['additionalProperties']]));
  json['additionalProperties'] = false;
  delete json['propertyNames'];
}
