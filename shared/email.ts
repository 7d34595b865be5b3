import { domainToASCII } from 'node:url';
import * as z from 'zod';
import { lengthOf } from './text.ts';

/** RFC 5321, 4.5.3.1: octets of the local part and of an address in a path, without the brackets. */
const maxLocalLength = 64;
const maxLength = 254;
/** RFC 1035, 2.3.4. */
const maxLabelLength = 63;

/** A dot-atom of `atext` (RFC 5322, 3.2.3). Quoted local parts are valid and undeliverable by SES. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** `domainToASCII` parses a host of a URL: it would drop a path, decode `%6d`, and remove tabs and soft hyphens. */
const notInDomain = /[\s\p{C}/?#\\%:@[\]<>^|]/u;
const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * The canonical form, by which addresses are compared: without surrounding whitespace, in lower case, the domain in
 * ASCII (UTS 46), so that both spellings of `post@bücher.example` are one account. Dots and `+tags` of the local part
 * stay: their meaning belongs to the receiving server. Text that is no address is returned as it is, trimmed.
 */
export function canonicalEmail(text: string): string {
  const trimmed = text.trim().toLowerCase();
  const at = trimmed.lastIndexOf('@');
  const given = trimmed.slice(at + 1);
  const domain = notInDomain.test(given) ? '' : domainToASCII(given);
  return at === -1 || domain === '' ? trimmed : `${trimmed.slice(0, at)}@${domain}`;
}

/** What is wrong with a canonical address, or undefined. */
export function emailProblem(address: string): string | undefined {
  if (lengthOf(address) > maxLength) return `must be at most ${maxLength} characters long`;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  if (local.length > maxLocalLength) return `must have at most ${maxLocalLength} characters before the @`;
  const labels = address.slice(at + 1).split('.');
  if (labels.some(({ length }) => length > maxLabelLength))
    return `must have at most ${maxLabelLength} characters between dots of the domain`;
  const isDomain =
    labels.length > 1 && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return localPart.test(local) && isDomain ? undefined : 'must be an e-mail address such as ada@example.com';
}

/** An address to which mail can be sent, in its canonical form: for requests, events and contracts alike. */
export const emailAddress = z
  .string()
  .overwrite(canonicalEmail)
  .superRefine((address, context) => {
    const message = emailProblem(address);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ format: 'email', maxLength });
