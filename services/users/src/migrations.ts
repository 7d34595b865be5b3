import type { Migration } from '#shared/postgres/migrate.ts';
import accounts from '../migrations/0001-accounts.sql';
import sessions from '../migrations/0002-sessions.sql';
import mailTokens from '../migrations/0003-mail-tokens.sql';
import limits from '../migrations/0004-limits.sql';
import staff from '../migrations/0005-staff.sql';
import apiKeys from '../migrations/0006-api-keys.sql';
import audit from '../migrations/0007-audit.sql';
import privacy from '../migrations/0008-privacy.sql';
import addresses from '../migrations/0009-addresses.sql';

/** The migrations of this service's own tables, oldest first. */
export const migrations: Migration[] = [
  { name: 'users/0001-accounts', sql: accounts },
  { name: 'users/0002-sessions', sql: sessions },
  { name: 'users/0003-mail-tokens', sql: mailTokens },
  { name: 'users/0004-limits', sql: limits },
  { name: 'users/0005-staff', sql: staff },
  { name: 'users/0006-api-keys', sql: apiKeys },
  { name: 'users/0007-audit', sql: audit },
  { name: 'users/0008-privacy', sql: privacy },
  { name: 'users/0009-addresses', sql: addresses },
];
