import type { IncomingHttpHeaders } from 'node:http';
import type { ConditionContext } from '../../build/iam/conditions.ts';

/** Who calls: a function under its role, or the platform's own scripts, which may do everything. */
export type Caller = {
  /** Function name, or `operator`. */
  name: string;
  operator: boolean;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
};

/** One request as it came over the wire, its body complete. */
export type AwsRequest = {
  method: string;
  /** As sent, percent-encoded, without the query. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Aborted when the client closes the connection before its answer. */
  gone: () => AbortSignal;
};

export type AwsResponse = { status: number; headers: Record<string, string>; body: Buffer | string };

/**
 * A right that a call needs: one action on one resource. Of several resources any one is enough, as for a sender
 * that is covered by the identity of its address or of its domain. What costs something to find out is found out only
 * for a role with conditions.
 */
export type RequiredPermission = {
  action: string;
  resource: string | string[];
  context?: ConditionContext | (() => ConditionContext);
};

/** One call, understood: which operation it is, what it needs, and how it is carried out. */
export type Operation = {
  name: string;
  requiredPermissions: RequiredPermission[];
  /** Items of a DynamoDB transaction, for the reasons of an injected conflict. */
  items?: number;
  run(): AwsResponse | Promise<AwsResponse>;
};

/** What every service refuses alike, each in its own error shape. */
export type AwsErrorKind =
  | 'access-denied'
  | 'unknown-operation'
  | 'unknown-caller'
  | 'throttled'
  | 'internal'
  | 'conflict';

/** A call that is not carried out: one of the common kinds, or an error code of that service with its status. */
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

/** One AWS service: reads its calls and shapes its refusals. */
export type AwsService = {
  /** Reads a call of that caller. @throws AwsError when it is malformed or not known */
  read(awsRequest: AwsRequest, caller: Caller): Operation;
  refuse(refusal: AwsError): AwsResponse;
};
