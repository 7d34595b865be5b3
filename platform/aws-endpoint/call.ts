import type { IncomingHttpHeaders } from 'node:http';
import type { ConditionContext } from '../../build/iam/conditions.ts';

/** A function with its role, or the platform's own scripts, which may do everything. */
export type Caller = {
  /** Function name, or `operator`. */
  name: string;
  operator: boolean;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
};

/** One request with its complete body. */
export type AwsRequest = {
  method: string;
  /** As sent, percent-encoded, without the query. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Aborted when the client closes the connection before the response. */
  abortSignal: () => AbortSignal;
};

export type AwsResponse = { status: number; headers: Record<string, string>; body: Buffer | string };

/**
 * One action on one resource. Of several resources, permission for one is enough, for example for the identity of a
 * sender's address or of its domain. A context function is called only for a role with conditions.
 */
export type RequiredPermission = {
  action: string;
  resource: string | string[];
  context?: ConditionContext | (() => ConditionContext);
  /** DynamoDB items that the call reads or writes by this action: what AWS charges for. */
  items?: number;
};

/** A parsed call: operation, required permissions and execution. */
export type Operation = {
  name: string;
  requiredPermissions: RequiredPermission[];
  /** Items of a DynamoDB transaction, for the reasons of an injected conflict. */
  items?: number;
  run(): AwsResponse | Promise<AwsResponse>;
};

/** Errors that every service has, each in its own format. */
export type AwsErrorKind =
  | 'access-denied'
  | 'unknown-operation'
  | 'unknown-caller'
  | 'invalid-signature'
  | 'throttled'
  | 'internal';

/** An error response: one of the common kinds, or an error code of the service with its status. */
export class AwsError extends Error {
  override name = 'AwsError';
  readonly kind: AwsErrorKind | undefined;
  readonly code: string;
  readonly status: number;
  /** Further members of the error document. */
  readonly members: Record<string, unknown>;
  constructor(
    reason: AwsErrorKind | { code: string; status: number; members?: Record<string, unknown> },
    message: string,
  ) {
    super(message);
    this.kind = typeof reason === 'string' ? reason : undefined;
    this.code = typeof reason === 'string' ? '' : reason.code;
    this.status = typeof reason === 'string' ? 0 : reason.status;
    this.members = (typeof reason === 'string' ? undefined : reason.members) ?? {};
  }
}

/** The error for an operation that the platform does not support; `operation` includes the service's name. */
export const unsupportedOperation = (operation: string) =>
  new AwsError('unknown-operation', `The local platform does not support the operation ${operation}`);

/** One AWS service: parses its calls and formats its errors. */
export type AwsService = {
  /** Parses a call. @throws AwsError when it is malformed or not supported */
  read(awsRequest: AwsRequest, caller: Caller): Operation;
  /** The error in the format of the service. */
  errorResponse(error: AwsError): AwsResponse;
};
