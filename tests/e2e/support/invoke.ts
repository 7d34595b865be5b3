import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { setting } from './shop.ts';

/**
 * Invokes a function of the shop as its operator would: by the AWS endpoint and credentials of the run
 * (E2E_AWS_ENDPOINT and AWS_*). @throws Error with what the function answered if it failed
 */
export async function invoke(service: string, name: string, payload: object): Promise<void> {
  const endpoint = process.env['E2E_AWS_ENDPOINT'];
  const client = new LambdaClient({ region: 'eu-west-1', ...(endpoint === undefined ? {} : { endpoint }) });
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: `shop-${service}-${setting('E2E_STAGE')}-${name}`,
      Payload: new TextEncoder().encode(JSON.stringify(payload)),
    }),
  );
  if (answer.FunctionError !== undefined)
    throw new Error(`${name} failed: ${new TextDecoder().decode(answer.Payload)}`);
}
