/**
 * Fills `${Name}` in a text as Fn::Sub does; `${!Name}` becomes `${Name}`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
export function substitute(template: string, lookUp: (name: string) => string): string {
  return template.replaceAll(/\$\{(!?)([^}]*)\}/g, (_whole, escaped: string, name: string) =>
    escaped ? `\${${name}}` : lookUp(name.trim()),
  );
}
