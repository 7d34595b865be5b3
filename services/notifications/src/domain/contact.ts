/** A user's contact as the users service last announced it; a higher `sequence` is newer. */
export type Contact = { userId: string; email: string; name: string; locale: string; sequence: number };
