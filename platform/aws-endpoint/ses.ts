import { randomUUID } from 'node:crypto';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import { AwsError, type AwsService, unsupportedOperation } from './call.ts';
import { type ErrorCodes, restJsonError } from './error-shapes.ts';
import { jsonBody } from './json-body.ts';

const errorCodes: ErrorCodes = {
  'access-denied': { code: 'AccessDeniedException', status: 403 },
  'unknown-operation': { code: 'UnknownOperationException', status: 404 },
  'unknown-caller': { code: 'UnrecognizedClientException', status: 403 },
  throttled: { code: 'TooManyRequestsException', status: 429 },
  internal: { code: 'InternalServiceErrorException', status: 500 },
  conflict: { code: 'TooManyRequestsException', status: 429 },
};

type Text = { Data?: string };
type Input = {
  ConfigurationSetName?: string;
  FromEmailAddress?: string;
  Destination?: { ToAddresses?: string[]; CcAddresses?: string[]; BccAddresses?: string[] };
  ReplyToAddresses?: string[];
  Content?: {
    Simple?: { Subject?: Text; Body?: { Text?: Text; Html?: Text } };
    Raw?: { Data?: string };
    Template?: object;
  };
};

/** SES v2: SendEmail, simple or raw, into the mailbox. */
export function ses(mailbox: Mailbox, region: string, accountId: string): AwsService {
  return {
    errorResponse: (error) => restJsonError(error, errorCodes),
    read(awsRequest, caller) {
      if (awsRequest.method !== 'POST' || awsRequest.path !== '/v2/email/outbound-emails')
        throw unsupportedOperation(`SES ${awsRequest.method} ${awsRequest.path}`);
      const input = jsonBody<Input>(awsRequest);
      const from = addressOf(input.FromEmailAddress ?? '');
      const identity = (name: string) => `arn:aws:ses:${region}:${accountId}:identity/${name}`;
      const action = input.Content?.Raw ? 'ses:SendRawEmail' : 'ses:SendEmail';
      const context = { 'ses:fromaddress': [from] };
      const set = input.ConfigurationSetName;
      return {
        name: 'SendEmail',
        // The identity of the address or of its domain is enough; raw content requires another permission
        // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html).
        requiredPermissions: [
          { action, resource: [identity(from), identity(from.slice(from.indexOf('@') + 1))], context },
          ...(set
            ? [{ action, resource: `arn:aws:ses:${region}:${accountId}:configuration-set/${set}`, context }]
            : []),
        ],
        async run() {
          const { id } = mailbox.add({ kind: 'mail', sender: caller.name, ...mailFrom(input) });
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

function mailFrom(input: Input): Omit<Mail, 'id' | 'receivedAt' | 'kind' | 'sender'> {
  const bad = (why: string) => new AwsError({ code: 'BadRequestException', status: 400 }, why);
  const { Simple: simple, Raw: raw } = input.Content ?? {};
  const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = input.Destination ?? {};
  const from = input.FromEmailAddress;
  if (input.Content?.Template) throw bad('The local platform does not know templates of SES');
  if (!simple && !raw) throw bad('Content must have Simple or Raw');
  if (simple && !from) throw bad('FromEmailAddress is missing');
  for (const address of [...(from ? [from] : []), ...to, ...cc, ...bcc])
    if (!addressPattern.test(addressOf(address))) throw bad(`Missing final '@domain' in ${address}`);
  const common = {
    ...(from ? { from } : {}),
    to,
    ...(cc.length > 0 ? { cc } : {}),
    ...(bcc.length > 0 ? { bcc } : {}),
    ...(input.ReplyToAddresses?.length ? { replyTo: input.ReplyToAddresses } : {}),
  };
  if (raw) return { ...common, ...fromRaw(Buffer.from(raw.Data ?? '', 'base64').toString()), to };
  if (to.length + cc.length + bcc.length === 0) throw bad('Destination is empty');
  const [subject, text, html] = [simple?.Subject?.Data, simple?.Body?.Text?.Data, simple?.Body?.Html?.Data];
  if (subject === undefined || (text === undefined && html === undefined))
    throw bad('Subject and Body are required');
  return {
    ...common,
    subject,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  };
}

/** The headers that the mailbox shows; the message itself is unchanged. */
function fromRaw(message: string): { raw: string; subject?: string; from?: string } {
  const head = message.slice(0, message.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1];
  const [subject, from] = [header('Subject'), header('From')];
  return { raw: message, ...(subject ? { subject } : {}), ...(from ? { from } : {}) };
}
