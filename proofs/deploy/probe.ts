import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { type SelfReport, tableWithoutGrant } from './self-report.ts';

/** Variables whose values must not be in a report. */
const secret = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);

/**
 * Runs instead of a function's own code, with its environment, role and limits, and reports them.
 */
export async function handler(_event: unknown, context: Context): Promise<SelfReport> {
  const remainingMs = context.getRemainingTimeInMillis();
  const identity = await new STSClient({}).send(new GetCallerIdentityCommand({}));
  return {
    name: context.functionName,
    arn: context.invokedFunctionArn,
    memoryMb: Number(context.memoryLimitInMB),
    remainingMs,
    environment: Object.fromEntries(
      Object.entries(process.env).map(([name, value]) => [name, secret.has(name) ? '…' : (value ?? '')]),
    ),
    identityArn: identity.Arn ?? '',
    notGranted: await errorNameOf(() =>
      new DynamoDBClient({}).send(new ScanCommand({ TableName: tableWithoutGrant })),
    ),
  };
}

async function errorNameOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
