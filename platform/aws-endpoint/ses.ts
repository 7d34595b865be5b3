import { randomUUID } from 'node:crypto';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import { AwsError, type AwsService, unsupportedOperation } from './call.ts';
import { type ErrorCodes, restJsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDeniedException', status: 403 },
  'unknown-operation': { code: 'UnknownOperationException', status: 404 },
  'unknown-caller': { code: 'UnrecognizedClientException', status: 403 },
  'invalid-signature': { code: 'SignatureDoesNotMatch', status: 403 },
  throttled: { code: 'TooManyRequestsException', status: 429 },
  internal: { code: 'InternalServiceErrorException', status: 500 },
};

type Text = { Data?: string };
type Input = {
  ConfigurationSetName?: string;
  FromEmailAddress?: string;
  Destination?: { ToAddresses?: string[] };
  Content?: { Simple?: { Subject?: Text; Body?: { Text?: Text; Html?: Text } } };
};

/** SES v2: SendEmail with simple content, into the mailbox. */
export function ses(mailbox: Mailbox, region: string, accountId: string): AwsService {
  return {
    errorResponse: (error) => restJsonError(error, errorCodes),
    read(awsRequest, caller) {
      if (awsRequest.method !== 'POST' || awsRequest.path !== '/v2/email/outbound-emails')
        throw unsupportedOperation(`SES ${awsRequest.method} ${awsRequest.path}`);
      const input = jsonBody<Input>(awsRequest);
      const from = addressOf(input.FromEmailAddress ?? '');
      const identity = (name: string) => `arn:aws:ses:${region}:${accountId}:identity/${name}`;
      const action = 'ses:SendEmail';
      const context = { 'ses:fromaddress': [from] };
      const set = input.ConfigurationSetName;
      return {
        name: 'SendEmail',
        // For the sender and each recipient, the identity of the address or of its domain is enough. SES authorises
        // recipients that are verified identities, as all are in the sandbox
        // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
        requiredPermissions: [
          ...[from, ...(input.Destination?.ToAddresses ?? []).map(addressOf)].map((address) => ({
            action,
            resource: [identity(address), identity(address.slice(address.indexOf('@') + 1))],
            context,
          })),
          ...(set
            ? [{ action, resource: `arn:aws:ses:${region}:${accountId}:configuration-set/${set}`, context }]
            : []),
        ],
        async run() {
          const { id } = mailbox.add({ sender: caller.name, ...mailFrom(input) });
          return {
            status: 200,
            headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() },
            body: JSON.stringify({ MessageId: id }),
          };
        },
      };
    },
  };
}

/** `Shop <shop@example.com>` → `shop@example.com`. */
const addressOf = (text: string) => /<([^>]+)>/.exec(text)?.[1] ?? text.trim();
const addressPattern = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

/** @throws AwsError BadRequestException also for content and recipients that the shop does not use */
function mailFrom(input: Input): Omit<Mail, 'id' | 'receivedAt' | 'sender'> {
  const bad = (why: string) => new AwsError({ code: 'BadRequestException', status: 400 }, why);
  const { FromEmailAddress: from, Destination: { ToAddresses: to = [], ...others } = {} } = input;
  const { Simple: simple, ...otherContent } = input.Content ?? {};
  const unsupported = [...Object.keys(others), ...Object.keys(otherContent)][0];
  if (unsupported) throw bad(`The local platform does not support ${unsupported} in SendEmail`);
  if (!from) throw bad('FromEmailAddress is missing');
  for (const address of [from, ...to])
    if (!addressPattern.test(addressOf(address))) throw bad(`Missing final '@domain' in ${address}`);
  if (to.length === 0) throw bad('Destination is empty');
  const [subject, text, html] = [simple?.Subject?.Data, simple?.Body?.Text?.Data, simple?.Body?.Html?.Data];
  if (subject === undefined || (text === undefined && html === undefined))
    throw bad('Subject and Body are required');
  return {
    from,
    to,
    subject,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  };
}
