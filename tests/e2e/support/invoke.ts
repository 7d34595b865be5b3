import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { setting } from './shop.ts';

/**
 * Invokes a function of the shop as its operator would: on the local platform through its control interface, elsewhere
 * by Lambda's own API (E2E_AWS_URL where it is not AWS). @throws Error with what the function answered if it failed
 */
export async function invoke(service: string, name: string, payload: object): Promise<void> {
  const failure = process.env['E2E_CONTROL_URL']
    ? await invokeLocally(`shop-${service}-local-${name}`, payload)
    : await invokeDeployed(`shop-${service}-${setting('E2E_STAGE')}-${name}`, payload);
  if (failure !== undefined) throw new Error(`${name} failed: ${failure}`);
}

async function invokeLocally(functionName: string, payload: object): Promise<string | undefined> {
  const response = await fetch(`${setting('E2E_CONTROL_URL')}/invoke/${functionName}`, {
    method: 'POST',
    body: JSON.stringify(payload),
  });
  const answer = (await response.json()) as { functionError?: string; payload?: unknown };
  return response.ok && answer.functionError === undefined ? undefined : JSON.stringify(answer);
}

async function invokeDeployed(functionName: string, payload: object): Promise<string | undefined> {
  const endpoint = process.env['E2E_AWS_URL'];
  const client = new LambdaClient({ ...(endpoint === undefined ? {} : { endpoint }) });
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: new TextEncoder().encode(JSON.stringify(payload)),
    }),
  );
  return answer.FunctionError === undefined ? undefined : new TextDecoder().decode(answer.Payload);
}
