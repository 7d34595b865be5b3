import type { Database } from '#shared/postgres/database.ts';

/**
 * What the users service stores about a person, for its export: table by table, so that a new table with personal data
 * is added here. Undefined if there is no such account.
 */
export type ReadPersonalData = (userId: string) => Promise<object | undefined>;

/** Hashes of passwords and tokens, and the secret of the second factor, are left out: they are of no use to the person, and of use to a thief. */
export const personalData =
  (database: Database): ReadPersonalData =>
  async (userId) => {
    const [row] = await database.query<{ data: object }>(
      `SELECT json_build_object(
          'account', json_build_object('id', u.id, 'email', u.email, 'name', p.name, 'locale', p.locale,
                                       'createdAt', u.created_at, 'updatedAt', u.updated_at),
          'roles', (SELECT coalesce(json_agg(json_build_object('role', role, 'grantedAt', granted_at)), '[]')
                      FROM user_roles WHERE user_id = u.id),
          'sessions', (SELECT coalesce(json_agg(json_build_object('device', device, 'clientAddress', client_address,
                                                'createdAt', created_at, 'lastUsedAt', last_used_at)
                                                ORDER BY created_at), '[]')
                         FROM sessions WHERE user_id = u.id),
          'devices', (SELECT coalesce(json_agg(json_build_object('usedAt', used_at, 'expiresAt', expires_at)
                                               ORDER BY used_at), '[]')
                        FROM known_devices WHERE user_id = u.id),
          'secondFactor', (SELECT json_build_object('createdAt', created_at, 'confirmedAt', confirmed_at)
                             FROM second_factors WHERE user_id = u.id),
          'addresses', (SELECT coalesce(json_agg(json_build_object('address', address, 'createdAt', created_at)
                                                 ORDER BY created_at), '[]')
                          FROM addresses WHERE user_id = u.id),
          'apiKeys', (SELECT coalesce(json_agg(json_build_object('id', id, 'name', name, 'createdAt', created_at,
                                               'lastUsedAt', last_used_at) ORDER BY created_at), '[]')
                        FROM api_keys WHERE created_by = u.id),
          'consents', (SELECT coalesce(json_agg(json_build_object('purpose', purpose, 'granted', granted,
                                                'wording', wording, 'changedAt', changed_at) ORDER BY changed_at), '[]')
                         FROM consents WHERE user_id = u.id),
          'exports', (SELECT coalesce(json_agg(json_build_object('id', id, 'requestedAt', requested_at)
                                               ORDER BY requested_at), '[]')
                        FROM data_exports WHERE user_id = u.id)) AS data
         FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.id = $1`,
      [userId],
    );
    return row?.data;
  };
