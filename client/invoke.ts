import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes a function of the shop with an event. @throws Error with what the function answered if it failed */
export type Invoke = (functionName: string, event: object) => Promise<void>;

/** Through the control interface of a shop that runs on this machine. */
export const invokeThroughConsole =
  (consoleUrl: string): Invoke =>
  async (functionName, event) => {
    const response = await fetch(`${consoleUrl}/invoke/${functionName}`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    const answer = (await response.json()) as { functionError?: string; payload?: unknown };
    if (!response.ok) throw failure(functionName, JSON.stringify(answer));
    if (answer.functionError !== undefined) throw failure(functionName, JSON.stringify(answer.payload));
  };

/** Through Lambda, by the AWS credentials and region of the environment; `endpoint` where that is not AWS itself. */
export function invokeThroughLambda(endpoint?: string): Invoke {
  const client = new LambdaClient(endpoint === undefined ? {} : { endpoint });
  return async (functionName, event) => {
    const payload = new TextEncoder().encode(JSON.stringify(event));
    const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload }));
    if (answer.FunctionError !== undefined)
      throw failure(functionName, new TextDecoder().decode(answer.Payload));
  };
}

const failure = (functionName: string, answer: string) => new Error(`${functionName} failed: ${answer}`);
