/** Markup that was made by `html` and may be put into a page as it is. */
class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Text that means only itself, between tags and within a quoted attribute. */
export const escaped = (text) => String(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character]);

/**
 * Template tag: every value is escaped unless `html` itself made it; lists are joined; undefined, null and false are
 * nothing. Attributes must be written in quotes.
 */
export const html = (strings, ...values) =>
  new Markup(strings.reduce((text, part, index) => text + markupOf(values[index - 1]) + part));

function markupOf(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(markupOf).join('');
  return value === undefined || value === null || value === false ? '' : escaped(value);
}

/** An address that a link may lead to; anything that is not http leads nowhere. */
export const link = (address) => (/^https?:\/\//i.test(address) ? address : '#');
