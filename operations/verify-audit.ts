/** Checks the chain of the audit log: `npm run audit:verify`. */
import type * as z from 'zod';
import { project } from '../build/stacks.ts';
import { type Invoke, invokeThroughLambda } from '../client/invoke.ts';
import { verifyAuditContract } from '../shared/contracts/audit.ts';
import { runCommand, UsageError } from './command.ts';
import { localInvoke } from './local-shop.ts';

const help = `npm run audit:verify -- [--head 42:<hash>] [--stage local] [--data-dir PATH]

Checks that no entry of the audit log was modified or removed, and prints the number and hash of the last one. Names the
first entry that is not as it was written, and exits with 1.

  --head      a head printed earlier, or in the log of on-action-recorded: finds that the last entries were replaced or
              removed, which the chain alone cannot show
  --stage     local is the shop that runs on this machine with that data folder (SHOP_LOCAL_DATA_DIR, .local); another
              stage is reached with the AWS credentials and region of the environment`;

const options = {
  head: { type: 'string' },
  stage: { type: 'string', default: 'local' },
  'data-dir': { type: 'string' },
} as const;

type Part = z.output<typeof verifyAuditContract.response>;
type Head = NonNullable<Part['head']>;
type VerifyPart = (request: z.input<typeof verifyAuditContract.request>) => Promise<Part>;

await runCommand(help, options, async ({ head, stage, 'data-dir': dataDir }) => {
  const expected = head === undefined ? undefined : headFrom(head);
  const invoke = stage === 'local' ? localInvoke(dataDir) : invokeThroughLambda();
  const last = await verify(verifierOn(invoke, stage), expected);
  console.log(`${last.number} entries are as they were written. Head: ${last.number}:${last.hash}`);
});

function headFrom(text: string): Head {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new UsageError(`--head ${text} is not like 42:<64 hexadecimal digits>`);
  return { number: Number(number), hash };
}

/** @throws Error that names the first modified or missing entry */
async function verify(verifyPart: VerifyPart, expected: Head | undefined): Promise<Head> {
  let after: Head | undefined;
  for (;;) {
    const { head, fault, done } = await verifyPart({ after, expected });
    if (fault !== undefined)
      throw new Error(
        `Entry ${fault.number} of the audit log was ${fault.kind === 'missing' ? 'removed' : 'modified'}.`,
      );
    if (head === undefined) throw new Error('verify-audit returned neither a head nor a fault.');
    after = head;
    if (!done) continue;
    if (expected !== undefined && head.number < expected.number)
      throw new Error(`Entry ${head.number + 1} of the audit log was removed, with all after it.`);
    return head;
  }
}

function verifierOn(invoke: Invoke, stage: string): VerifyPart {
  const name = `${project}-users-${stage}-${verifyAuditContract.name}`;
  return async (request) => {
    const { response } = (await invoke(name, request)) as { response: unknown };
    return verifyAuditContract.response.parse(response);
  };
}
