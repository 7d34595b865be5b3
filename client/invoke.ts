import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Invokes a function of the shop with an event and returns its parsed result. @throws Error with the function's error if it failed */
export type Invoke = (functionName: string, event: object) => Promise<unknown>;

/** Invokes a function and returns its parsed result. @throws Error with the function's error if it failed */
export async function invoke(lambda: LambdaClient, functionName: string, event: object): Promise<unknown> {
  const Payload = new TextEncoder().encode(JSON.stringify(event));
  const response = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload }));
  const text = new TextDecoder().decode(response.Payload);
  if (response.FunctionError !== undefined)
    throw new Error(`${functionName} failed: ${errorMessageOf(text)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Invokes with a client. */
export const invokeWith =
  (lambda: LambdaClient): Invoke =>
  (functionName, event) =>
    invoke(lambda, functionName, event);

/** Invokes through Lambda's API with the credentials and region of the environment; `endpoint` if it is not AWS. */
export function invokeThroughLambda(endpoint?: string): Invoke {
  return invokeWith(new LambdaClient(endpoint === undefined ? {} : { endpoint }));
}

/** The error of a function that threw (Lambda, "Error handling"). */
function errorMessageOf(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `${errorType ?? 'Error'}: ${errorMessage ?? payload}`;
}
