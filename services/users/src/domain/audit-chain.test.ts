import { type AuditEntry, type ChainLink, chainStart, linkAfter, verifyLinks } from './audit-chain.ts';

const anEntry = (number: number): AuditEntry => ({
  eventId: `0190a0b0-0000-7000-8000-${String(number).padStart(12, '0')}`,
  time: '2026-11-21T10:00:00.000Z',
  source: 'orders',
  action: 'cancel-order',
  target: { kind: 'order', id: `o-${number}` },
  actor: { kind: 'staff', id: 'u-1' },
  correlationId: 'c-1',
  details: {},
});

const aChain = (length: number): ChainLink[] => {
  const links: ChainLink[] = [];
  for (let number = 1; number <= length; number += 1) {
    const last = links.at(-1);
    links.push(linkAfter(last ?? chainStart, anEntry(number)));
  }
  return links;
};

/** The link with other content, and a hash that fits it. */
const rewritten = ({ number, previousHash }: ChainLink): ChainLink =>
  linkAfter({ number: number - 1, hash: previousHash }, { ...anEntry(number), action: 'ship-order' });

describe('a chain of audit entries', () => {
  const links = aChain(5);
  const last = links.at(-1)!;

  test('that is unchanged ends with its last entry, in one part or several', () => {
    const head = { number: 5, hash: last.hash };
    expect(verifyLinks(chainStart, links)).toEqual({ head });
    const first = verifyLinks(chainStart, links.slice(0, 2));
    expect(first).toEqual({ head: { number: 2, hash: links[1]!.hash } });
    expect('head' in first && verifyLinks(first.head, links.slice(2))).toEqual({ head });
  });

  test.each([1, 2, 3, 4, 5])('names entry %i when its content was changed', (number) => {
    const changed = links.map((link) => (link.number === number ? { ...link, content: '{}' } : link));
    expect(verifyLinks(chainStart, changed)).toEqual({ fault: { number, kind: 'modified' } });
  });

  test.each([1, 2, 3, 4])('names entry %i when its content and its hash were changed', (number) => {
    const changed = links.map((link) => (link.number === number ? rewritten(link) : link));
    expect(verifyLinks(chainStart, changed)).toEqual({ fault: { number, kind: 'modified' } });
  });

  test.each([1, 2, 3, 4])('names entry %i when it is missing', (number) => {
    const without = links.filter((link) => link.number !== number);
    expect(verifyLinks(chainStart, without)).toEqual({ fault: { number, kind: 'missing' } });
  });

  test('names the last entry when it was replaced, if its hash was noted elsewhere', () => {
    const changed = [...links.slice(0, 4), rewritten(last)];
    expect(verifyLinks(chainStart, changed)).toHaveProperty('head');
    expect(verifyLinks(chainStart, changed, { number: 5, hash: last.hash })).toEqual({
      fault: { number: 5, kind: 'modified' },
    });
  });
});
