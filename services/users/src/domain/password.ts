/** Bounds of a new password, in code points of its normalised form. */
export const [minPasswordLength, maxPasswordLength] = [10, 128];

/** Keyboards produce the same text in different Unicode forms (NIST SP 800-63B, 5.1.1.2): this one is checked and hashed. */
export const normalisedPassword = (password: string): string => password.normalize('NFKC');
