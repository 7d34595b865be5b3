import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes a function of the shop with an event. @throws Error with the function's error if it failed */
export type Invoke = (functionName: string, event: object) => Promise<void>;

/** Invokes through Lambda's API with the credentials and region of the environment; `endpoint` if it is not AWS. */
export function invokeThroughLambda(endpoint?: string): Invoke {
  const client = new LambdaClient(endpoint === undefined ? {} : { endpoint });
  return async (functionName, event) => {
    const payload = new TextEncoder().encode(JSON.stringify(event));
    const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload }));
    if (answer.FunctionError !== undefined)
      throw new Error(`${functionName} failed: ${new TextDecoder().decode(answer.Payload)}`);
  };
}
