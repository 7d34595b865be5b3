import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { failureOf } from './conditions.ts';
import { put } from './write.ts';

const writes = [put('t', { id: 1 }), put('t', { id: 2 })];
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const kindOf = (error: unknown) => failureOf(error, writes).kind;

test('a conflict is contention, throttling is unavailability', () => {
  expect(kindOf(cancelled('None', 'TransactionConflict'))).toBe('contended');
  expect(kindOf(cancelled('ThrottlingError', 'None'))).toBe('contended');
  expect(kindOf(Object.assign(new Error(), { name: 'TransactionConflictException' }))).toBe('contended');
  expect(kindOf(Object.assign(new Error(), { name: 'ThrottlingException' }))).toBe('unavailable');
});

test('a failed condition is decisive, whatever else was contended', () => {
  const failure = failureOf(cancelled('TransactionConflict', 'ConditionalCheckFailed'), writes);
  expect(failure.kind === 'conditions' && [...failure.error.failed]).toEqual([writes[1]]);
});

test('a wrong request is neither', () => {
  expect(kindOf(cancelled('ValidationError', 'None'))).toBe('other');
  expect(kindOf(new TypeError('x'))).toBe('other');
});
