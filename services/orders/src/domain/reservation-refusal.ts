import type { ReserveStockRefusal } from '#shared/contracts/stock.ts';
import type { ShopError, Subject } from '#shared/errors.ts';
import { OrderAttemptExpired, OrderTooScattered, OutOfStock, UnknownProduct } from './errors.ts';
import type { RequestedLine } from './place.ts';

/** The refusal of a reservation as an order's refusal: subjects are the lines of the customer's request. */
export function reservationRefusal(refusal: ReserveStockRefusal, lines: readonly RequestedLine[]): ShopError {
  const subjectOf = (productId: string, part: string, message: string): Subject => ({
    kind: 'line',
    index: lines.find((line) => line.productId === productId)?.index ?? 0,
    part,
    message,
  });
  switch (refusal.code) {
    case 'OUT_OF_STOCK': {
      const messages = refusal.lines.map(({ name, available }) => `only ${available} left of ${name}`);
      return new OutOfStock(`Not enough in stock: ${messages.join('; ')}.`, {
        subjects: refusal.lines.map(({ productId }, index) =>
          subjectOf(productId, 'quantity', messages[index] ?? ''),
        ),
      });
    }
    case 'PRODUCT_NOT_FOUND':
      return new UnknownProduct('Some products are not on sale.', {
        subjects: refusal.productIds.map((productId) => subjectOf(productId, 'productId', 'is not on sale')),
      });
    case 'ORDER_TOO_SCATTERED':
      return new OrderTooScattered(
        'The pieces are in too many warehouses for one order. Order fewer products or pieces at once.',
        { subjects: [{ kind: 'lines', message: 'are in too many warehouses for one order' }] },
      );
    case 'RESERVATION_REFUSED':
      return new OrderAttemptExpired('This attempt can no longer be continued. Send the request again.');
  }
}
