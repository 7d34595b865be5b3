/**
 * Compiles an IAM pattern, where `*` matches any characters and `?` matches one
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
 */
export function pattern(text: string, ignoreCase = false): (value: string) => boolean {
  if (text === '*') return () => true;
  if (!/[*?]/.test(text)) {
    if (!ignoreCase) return (value) => value === text;
    const lower = text.toLowerCase();
    return (value) => value.toLowerCase() === lower;
  }
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${escaped}$`, ignoreCase ? 'is' : 's');
  return (value) => expression.test(value);
}
