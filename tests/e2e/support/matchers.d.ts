declare namespace jest {
  interface Expect {
    toBeOneOf(options: unknown[]): unknown;
  }
}
