import { setTimeout as pause } from 'node:timers/promises';
import type { Authorizer } from './authorizer.ts';
import { AwsError, type AwsResponse, type AwsService, type Caller, type Operation } from './call.ts';
import { errorFor, type Fault, type Faults } from './faults.ts';

/** A response, or `drop`: the connection closes without one. */
export type DispatchResult = AwsResponse | 'drop';

type Parts = { authorizer: Authorizer; faults: Faults; log: (line: string) => void };

/**
 * Parses, authorizes and executes a call, with fault injection. Errors are returned in the service's format; an
 * unexpected error is logged and returned as an internal failure of the service.
 */
export function dispatch(
  parts: Parts,
  services: Record<string, AwsService>,
  serviceName: string,
  caller: Caller | undefined,
  read: (service: AwsService, caller: Caller) => Operation,
): DispatchResult | Promise<DispatchResult> {
  const service = services[serviceName];
  if (!service) return unknownService(serviceName, parts.log);
  const errorResponse = (error: unknown): AwsResponse => {
    if (error instanceof AwsError) {
      if (error.kind === 'unknown-operation')
        parts.log(`unknown: ${error.message} (function ${caller?.name})`);
      return service.errorResponse(error);
    }
    parts.log(
      `failed: ${serviceName} for function ${caller?.name}: ${error instanceof Error ? error.stack : error}`,
    );
    return service.errorResponse(
      new AwsError('internal', 'The local engine failed; see the log of the platform'),
    );
  };
  try {
    if (!caller)
      throw new AwsError('unknown-caller', 'The security token included in the request is invalid.');
    const operation = read(service, caller);
    const fault = parts.faults.match(serviceName, operation.name, caller.name);
    if (fault) return dispatchWithFault(parts, serviceName, caller, operation, fault).catch(errorResponse);
    parts.authorizer.require(caller, serviceName, operation.name, operation.requiredPermissions);
    const response = operation.run();
    return response instanceof Promise ? response.catch(errorResponse) : response;
  } catch (error) {
    return errorResponse(error);
  }
}

async function dispatchWithFault(
  parts: Parts,
  serviceName: string,
  caller: Caller,
  operation: Operation,
  fault: Fault,
): Promise<DispatchResult> {
  if (fault.latencyMs) await pause(fault.latencyMs);
  if (fault.kind === 'drop') return 'drop';
  parts.authorizer.require(caller, serviceName, operation.name, operation.requiredPermissions);
  const error = errorFor(fault, operation.items);
  if (error) throw error;
  const response = await operation.run();
  return fault.kind === 'drop-after-effect' ? 'drop' : response;
}

function unknownService(name: string, log: (line: string) => void): AwsResponse {
  const message = name
    ? `The local platform does not support the AWS service ${name}`
    : 'The request is not signed: the local platform reads the service and the caller from the signature';
  log(`unknown: ${message}`);
  return {
    status: 400,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'UnknownOperationException' },
    body: JSON.stringify({ __type: 'UnknownOperationException', message, Message: message }),
  };
}
