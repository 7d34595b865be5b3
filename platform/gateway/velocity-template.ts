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
  const pieces: string[] = [];
  const variables: string[] = [];
  let from = 0;
  for (const match of source.matchAll(contextVariable)) {
    pieces.push(source.slice(from, match.index));
    variables.push((match[1] ?? match[2]) as string);
    from = match.index + match[0].length;
  }
  pieces.push(source.slice(from));
  for (const piece of pieces) {
    const foreign = /\$[!{]*[A-Za-z]\S*|(?:^|\s)#(?:set|if|foreach|end|else)\b/.exec(piece);
    if (foreign !== null)
      throw new Error(`template uses ${foreign[0].trim()}, of which only $context is known`);
  }
  return (context) => {
    let text = pieces[0] as string;
    variables.forEach((name, at) => {
      text += (context[name] ?? '') + pieces[at + 1];
    });
    return text;
  };
}
