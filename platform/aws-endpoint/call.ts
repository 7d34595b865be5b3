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
export type Incoming = {
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

export type Answer = { status: number; headers: Record<string, string>; body: Buffer | string };

/**
 * A right that a call needs: one action on one resource. Of several resources any one is enough, as for a sender
 * that is covered by the identity of its address or of its domain. What costs something to find out is found out only
 * for a role with conditions.
 */
export type Need = {
  action: string;
  resource: string | string[];
  context?: ConditionContext | (() => ConditionContext);
};

/** One call, understood: which operation it is, what it needs, and how it is carried out. */
export type Operation = {
  name: string;
  needs: Need[];
  /** Items of a DynamoDB transaction, for the reasons of an injected conflict. */
  items?: number;
  run(): Answer | Promise<Answer>;
};

/** What every service refuses alike, each in its own error shape. */
export type RefusalKind =
  | 'access-denied'
  | 'unknown-operation'
  | 'unknown-caller'
  | 'throttled'
  | 'internal'
  | 'conflict';

/** A call that is not carried out: one of the common kinds, or an error code of that service with its status. */
export class AwsRefusal extends Error {
  override name = 'AwsRefusal';
  readonly kind: RefusalKind | undefined;
  readonly code: string;
  readonly status: number;
  /** Further members of the error document. */
  readonly members: Record<string, unknown>;
  constructor(
    reason: RefusalKind | { code: string; status: number; members?: Record<string, unknown> },
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
  /** Reads a call of that caller. @throws AwsRefusal when it is malformed or not known */
  read(incoming: Incoming, caller: Caller): Operation;
  refuse(refusal: AwsRefusal): Answer;
};
