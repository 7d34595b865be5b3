/**
 * A piece of a statement with its values, created by {@link sql}. Pieces nest, so that the writes of several modules
 * form one statement: one round trip, and atomic without BEGIN and COMMIT.
 */
export class Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }
}

/** `` sql`SELECT … WHERE id = ${id}` ``: values travel apart from the text, other pieces become part of it. */
export const sql = (strings: TemplateStringsArray, ...values: unknown[]): Sql => new Sql(strings, values);

/** The pieces with commas between them; `undefined` and `false` are left out. */
export const commaSeparated = (pieces: readonly (Sql | undefined | false)[]): Sql => {
  const present = pieces.filter((piece) => piece instanceof Sql);
  return new Sql(['', ...present.slice(1).map(() => ', '), ''], present);
};

/** Numbers the parameters of a piece through all that is nested in it. */
export function render(piece: Sql): { text: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const textOf = ({ strings, values }: Sql): string => {
    let text = strings[0] ?? '';
    for (const [index, value] of values.entries()) {
      text += value instanceof Sql ? textOf(value) : `$${parameters.push(value)}`;
      text += strings[index + 1] ?? '';
    }
    return text;
  };
  return { text: textOf(piece), parameters };
}
