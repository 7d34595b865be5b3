/** What an invocation came to. `payload` is JSON text: the answer, or the error in Lambda's shape. */
export type InvokeResult = {
  requestId: string;
  payload: string;
  /** Absent on success; Lambda's API answers all three as `FunctionError: Unhandled`. */
  failure?: 'error' | 'timeout' | 'host-died';
};

/** Runs a function synchronously with an event as JSON text. Rejects with `InvokeRefused` before it runs. */
export type Invoke = (name: string, payload: string, options?: { traceId?: string }) => Promise<InvokeResult>;

/** The invocation was not started; `code` and `status` are those of Lambda's Invoke API. */
export class InvokeRefused extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = 'InvokeRefused';
    this.code = code;
    this.status = status;
  }
}
