/** Crockford's base 32: no I, L, O or U, so that a number survives being read out. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 9 letters are 45 of the 48 bits that are random in every UUIDv7: no two among millions of orders a day. */
const letters = 9;

/**
 * What people call an order: the day and nine letters, `261121-7K3-M9Q-XD2`. It follows from the order's id, so that
 * a retry gets the same, needs no counter that orders queue for, and does not tell how many orders there are.
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
