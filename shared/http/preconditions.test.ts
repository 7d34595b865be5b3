import fc from 'fast-check';
import { PreconditionFailed, PreconditionRequired } from '../errors.ts';
import { expectedVersionFrom, isNotModified } from './preconditions.ts';

describe('If-Match', () => {
  test.each([
    ['"3"', [3]],
    [' "3" ', [3]],
    ['W/"3"', [3]],
    ['"3-gzip"', [3]],
    ['"1", "3"', [1, 3]],
    ['"1",,W/"3" ,', [1, 3]],
    ['"other", "3"', [3]],
    ['*', 'any'],
    [' * ', 'any'],
  ])('%j names the versions %j', (header, versions) => {
    expect(expectedVersionFrom(header)).toEqual(versions);
  });

  test.each(['', '3', '"3', 'w/"3"', '"3" "4"', '*, "3"', '"abc"', '"-1"', '"1234567890123456"'])(
    '%j names none: the precondition failed',
    (header) => {
      expect(() => expectedVersionFrom(header)).toThrow(PreconditionFailed);
    },
  );

  test('is required', () => {
    expect(() => expectedVersionFrom(undefined)).toThrow(PreconditionRequired);
  });

  test('of any text and length is decided without backtracking', () => {
    const started = performance.now();
    expect(() => expectedVersionFrom(`"1"${', '.repeat(5_000)}x`)).toThrow(PreconditionFailed);
    expect(() => expectedVersionFrom(`"1"${',"2"'.repeat(2_500)}x`)).toThrow(PreconditionFailed);
    expect(performance.now() - started).toBeLessThan(200);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', ' ', '*', 'W/', '1', 'x') }), (header) => {
        try {
          expect(expectedVersionFrom(header)).not.toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(PreconditionFailed);
        }
      }),
    );
  });
});

describe('If-None-Match', () => {
  test.each(['"3"', 'W/"3"', '"3-gzip"', '"1", "3"', '*'])('%j matches "3"', (header) => {
    expect(isNotModified(header, '"3"')).toBe(true);
  });

  test.each(['"4"', '3', '', '"33"', undefined])('%j does not match "3"', (header) => {
    expect(isNotModified(header, '"3"')).toBe(false);
  });

  test('matches nothing that has no ETag', () => {
    expect(isNotModified('*', undefined)).toBe(false);
  });
});
