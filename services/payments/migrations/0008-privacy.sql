-- Finds the payments of a customer, for exports and erasures.
CREATE INDEX payments_of_user ON payments (user_id);
