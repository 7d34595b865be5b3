/** How to reach a user, as the users service last announced it. `sequence` tells newer from older. */
export type Contact = { userId: string; email: string; name: string; locale: string; sequence: number };
