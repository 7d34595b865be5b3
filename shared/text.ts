/**
 * What human-readable text consists of: every script, punctuation and emoji, and nothing invisible that could hide,
 * reorder or replace what is read. Not allowed are control characters, format characters (bidirectional overrides,
 * zero-width spaces, soft hyphens), other invisible characters (fillers, most variation selectors), private-use and unassigned characters, line and paragraph separators, and U+FFFD,
 * which replaces what was not valid text.
 */
const notAllowed = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800\uFFFD]/u;

/** Format characters that are visible: the signs that precede Arabic, Syriac and Kaithi numbers. */
const visibleFormat = /[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/u;

/** Invisible characters that scripts and emoji need: the zero-width non-joiner and joiner, and text or emoji style. */
const joiners = ['\u200C', '\u200D', '\uFE0E', '\uFE0F'];

/**
 * Invisible characters that are allowed after certain ones only: the letters of a region after a black flag (UTS 51),
 * and one variation selector after a Han or Mongolian character, as Japanese names have.
 */
const sequences = [
  /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,6}\u{E007F}/gu,
  /\p{Script=Han}[\u{E0100}-\u{E01EF}]/gu,
  /\p{Script=Mongolian}[\u180B-\u180D\u180F]/gu,
];

/** Letters, numbers, punctuation and symbols, without fillers and the blank Braille pattern, which look like nothing. */
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800\uFFFD]]/v;

/** Whether a text may have a character: one code point. */
export const isTextCharacter = (character: string): boolean =>
  !notAllowed.test(character) || visibleFormat.test(character) || joiners.includes(character);

/** Whether a character, one code point, can be seen. */
export const isVisible = (character: string): boolean =>
  visible.test(character) || visibleFormat.test(character);

/** What is wrong with a text, or undefined. `lines`: tabs and line breaks are allowed. */
export function textProblem(text: string, { lines = false } = {}): string | undefined {
  const single = sequences.reduce((rest, sequence) => rest.replace(sequence, ''), text);
  const wrong = Array.from(single).find(
    (character) => !isTextCharacter(character) && !(lines && /[\t\n\r]/.test(character)),
  );
  if (wrong !== undefined) return `must not have the character ${codePointOf(wrong)}`;
  const [first] = text;
  // A text of several lines may be empty, so it needs nothing visible.
  if (!lines && first !== undefined && !isVisible(first)) return 'must start with a visible character';
  return undefined;
}

/** Length in code points, as JSON Schema counts. */
export const lengthOf = (text: string): number => Array.from(text).length;

const codePointOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Whether a text contains what mail programs turn into a link: `://`, or a dot (also one of the full stops that IDNA maps
 * to a dot) before at least two characters of a domain. Names have a blank after a dot (`St. John`), or single letters (`J.R.R.`).
 */
export const hasWebAddress = (text: string): boolean =>
  /:\/\/|[.\u3002\uFF0E\uFF61][\p{L}\p{M}\p{N}-]{2,}/u.test(text);
