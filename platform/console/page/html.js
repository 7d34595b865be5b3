/** Markup created by `html`, which needs no escaping. */
class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Escapes text for element content and quoted attributes. */
export const escaped = (text) => String(text).replace(/[&<>"'`]/g, (character) => entities[character]);

/**
 * Template tag: escapes every value except the results of `html` itself, joins lists, and renders undefined, null and
 * false as nothing. Attribute values must be quoted.
 */
export const html = (strings, ...values) =>
  new Markup(strings.reduce((text, part, index) => text + markupOf(values[index - 1]) + part));

function markupOf(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(markupOf).join('');
  return value === undefined || value === null || value === false ? '' : escaped(value);
}

/** The address if it is HTTP, else `#`: other schemes could run scripts. */
export const link = (address) => (/^https?:\/\//i.test(address) ? address : '#');

/** A line of secondary text. */
export const hint = (text) => html`<p class="quiet">${text}</p>`;
