/** The values of `$context` by dotted path: `requestId`, `error.messageString` … */
export type TemplateContext = Readonly<Record<string, string>>;

/** A compiled template. */
export type TemplateRenderer = (context: TemplateContext) => string;

const contextVariable = /\$!?(?:\{context\.([\w.-]+)\}|context\.(\w+(?:\.[\w-]+)*))/g;

/**
 * Compiles the part of VTL that API Gateway allows in gateway responses: `$context` variables. A variable without a
 * value becomes an empty string, as on AWS.
 * @throws on all other VTL, which would be rendered differently here
 */
export function compileTemplate(source: string): TemplateRenderer {
  const rest = source.replaceAll(contextVariable, ' ');
  const unsupported = /\$[!{]*[A-Za-z]\S*|(?:^|\s)#(?:set|if|foreach|end|else)\b/.exec(rest);
  if (unsupported !== null)
    throw new Error(`template uses ${unsupported[0].trim()}, of which only $context is known`);
  return (context) =>
    source.replaceAll(
      contextVariable,
      (_, braced?: string, plain?: string) => context[braced ?? plain ?? ''] ?? '',
    );
}
