/** What the live figures count per day. */
export type Milestone = 'created' | 'completed' | 'cancelled';
