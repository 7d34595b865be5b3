import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';

type Question =
  | { ask: 'invoke'; payload: unknown; type?: 'RequestResponse' | 'Event' }
  | { ask: 'secret'; stage?: string }
  | { ask: 'identity' }
  | { ask: 'mail'; from: string }
  | { ask: 'not granted' }
  | { ask: 'self' };

/** Makes the requested AWS call with its own role's credentials; returns the name and message of an error. */
export async function handler(question: Question, context: Context): Promise<unknown> {
  try {
    return await call(question, context);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, message: error.message };
  }
}

async function call(question: Question, context: Context): Promise<unknown> {
  switch (question.ask) {
    case 'invoke': {
      const reply = await new LambdaClient({}).send(
        new InvokeCommand({
          FunctionName: process.env['TARGET_FUNCTION'],
          InvocationType: question.type ?? 'RequestResponse',
          Payload: JSON.stringify(question.payload),
        }),
      );
      const text = Buffer.from(reply.Payload ?? []).toString();
      return {
        status: reply.StatusCode,
        functionError: reply.FunctionError,
        payload: text === '' ? null : JSON.parse(text),
      };
    }
    case 'secret': {
      const reply = await new SecretsManagerClient({}).send(
        new GetSecretValueCommand({
          SecretId: process.env['SECRET_ID'],
          ...(question.stage ? { VersionStage: question.stage } : {}),
        }),
      );
      return { value: reply.SecretString, stages: reply.VersionStages };
    }
    case 'identity': {
      const { Arn, Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
      return { arn: Arn, account: Account };
    }
    case 'mail': {
      const reply = await new SESv2Client({}).send(
        new SendEmailCommand({
          FromEmailAddress: question.from,
          Destination: { ToAddresses: ['customer@shop.example'] },
          Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'A mail.' } } } },
        }),
      );
      return { messageId: reply.MessageId };
    }
    case 'not granted':
      return new DynamoDBClient({}).send(
        new GetItemCommand({
          TableName: process.env['RECORDS_TABLE'],
          Key: { probe: { S: 'any' }, seenAt: { S: 'any' } },
        }),
      );
    case 'self':
      return {
        environment: Object.keys(process.env).sort(),
        name: context.functionName,
        arn: context.invokedFunctionArn,
        version: context.functionVersion,
        memory: context.memoryLimitInMB,
        logGroup: context.logGroupName,
        requestId: context.awsRequestId,
        remainingMs: context.getRemainingTimeInMillis(),
      };
  }
}
