/** Every test makes at least one assertion: a test that only loops over nothing fails. */
beforeEach(() => {
  expect.hasAssertions();
});
