-- What the catalogue said of the stock that it holds for an order; it is handed back with the payment.

ALTER TABLE orders ADD COLUMN hold_receipt text;
