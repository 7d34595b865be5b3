/** Crockford's base 32: without I, L, O and U, so that a number can be read aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 9 letters are 45 of the 48 random bits at the end of a UUIDv7: no collision among millions of orders a day. */
const letters = 9;

/**
 * The number of an order: the day and nine letters, `261121-7K3-M9Q-XD2`. It is derived from the order's id, so that a
 * retry has the same number, needs no counter on which orders would wait, and does not reveal how many orders exist.
 */
export function orderNumberOf(orderId: string, placedAt: Date): string {
  const day = placedAt.toISOString().slice(2, 10).replaceAll('-', '');
  let random = BigInt(`0x${orderId.slice(-12)}`);
  let text = '';
  for (let index = 0; index < letters; index += 1) {
    text += alphabet[Number(random & 31n)];
    random >>= 5n;
  }
  return `${day}-${text.slice(0, 3)}-${text.slice(3, 6)}-${text.slice(6)}`;
}
