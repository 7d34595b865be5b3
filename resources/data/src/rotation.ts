import type { MasterSecret } from './master-secret.ts';
import type { Server } from './server.ts';

/** The steps in which Secrets Manager calls, each once or more often. */
export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof steps)[number];

/**
 * One step of the rotation of a master's password. Every step looks at what is there before it does anything, so that
 * a step that was cut off, or comes again, ends where a whole one would.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @throws Error that stops the rotation; the password that everybody reads goes on being good
 */
export async function rotate(
  step: Step,
  secret: MasterSecret,
  server: Server,
): Promise<'done' | 'unchanged'> {
  if ((await secret.state()) === 'current') return 'unchanged';
  switch (step) {
    case 'createSecret':
      return create(secret);
    case 'setSecret':
      return set(secret, server);
    case 'testSecret':
      return test(secret, server);
    case 'finishSecret':
      await secret.makeCurrent();
      return 'done';
  }
}

async function create(secret: MasterSecret) {
  if (await secret.login('AWSPENDING')) return 'unchanged';
  await secret.propose(await required(secret, 'AWSCURRENT'));
  return 'done';
}

/** The current password opens the server, or the previous one where an earlier rotation was cut off in between. */
async function set(secret: MasterSecret, server: Server) {
  const pending = await required(secret, 'AWSPENDING');
  const current = await required(secret, 'AWSCURRENT');
  if (pending.username !== current.username || pending.host !== current.host)
    throw new Error('the pending version is of another master or another server');
  if (await server.admits(pending)) return 'unchanged';
  for (const known of [current, await secret.login('AWSPREVIOUS')]) {
    if (known === undefined || known.username !== pending.username || known.host !== pending.host) continue;
    if (!(await server.admits(known))) continue;
    await server.changePassword(known, pending.password);
    return 'done';
  }
  throw new Error('no version of the secret opens the server: an operator must set its master password');
}

async function test(secret: MasterSecret, server: Server) {
  if (await server.admits(await required(secret, 'AWSPENDING'))) return 'done';
  throw new Error('the server does not take the new password');
}

async function required(secret: MasterSecret, stage: 'AWSCURRENT' | 'AWSPENDING') {
  const login = await secret.login(stage);
  if (login === undefined) throw new Error(`the secret has no version ${stage}`);
  return login;
}
