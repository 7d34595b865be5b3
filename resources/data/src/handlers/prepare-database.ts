import { prepareDatabaseContract } from '#shared/contracts/prepare-database.ts';
import { callHandler } from '#shared/lambda/call.ts';
import { withCustomResource } from '#shared/lambda/custom-resource.ts';
import { preparationConfig } from '../config.ts';
import { prepare } from '../databases.ts';

const config = preparationConfig();

/** Creates a service's database and roles: called by the service's stack before it migrates, or by an operator. */
export const handler = withCustomResource(
  {
    physicalId: 'service-database',
    apply: (_context, { Database }) =>
      prepare(config, prepareDatabaseContract.request.parse({ database: Database }).database),
  },
  callHandler(prepareDatabaseContract, async ({ database }) => ({
    ok: true,
    response: await prepare(config, database),
  })),
);
