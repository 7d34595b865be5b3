const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", amp: '&' };

/** Every value of an element in an answer of SNS. */
export function valuesOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text]) =>
    plain(text ?? ''),
  );
}

/** The attributes of an answer of SNS, which come as entries of key and value. */
export function entriesOf(xml: string): Record<string, string> {
  const entries = xml.matchAll(/<entry>\s*<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>\s*<\/entry>/g);
  return Object.fromEntries([...entries].map(([, key, value]) => [plain(key ?? ''), plain(value ?? '')]));
}

function plain(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
