import type { SQSEvent, SQSRecord } from 'aws-lambda';

/** A message as SQS's ReceiveMessage returns it. */
export type ReceivedMessage = {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  MD5OfMessageAttributes?: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
};

/** The event of a queue's mapping (Lambda: "Using Lambda with Amazon SQS"). */
export function queueEvent(messages: readonly ReceivedMessage[], queueArn: string): SQSEvent {
  return { Records: messages.map((message) => queueRecord(message, queueArn)) };
}

function queueRecord(message: ReceivedMessage, queueArn: string): SQSRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(
        ([name, { DataType, StringValue: stringValue, BinaryValue: binaryValue }]) => [
          name,
          {
            ...(stringValue !== undefined && { stringValue }),
            ...(binaryValue !== undefined && { binaryValue }),
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType as 'String',
          },
        ],
      ),
    ),
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

/**
 * The identifiers of the failed items in a response with `batchItemFailures`. As on Lambda, a response without it is a
 * complete success, and one that is malformed or names an unknown item is a complete failure.
 */
export function failedItems(payload: string, identifiers: readonly string[]): Set<string> {
  const all = () => new Set(identifiers);
  const response = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const failures = response?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return all();
  const failed = new Set<string>();
  for (const failure of failures as ({ itemIdentifier?: unknown } | null)[]) {
    const identifier = failure?.itemIdentifier;
    if (typeof identifier !== 'string' || !identifiers.includes(identifier)) return all();
    failed.add(identifier);
  }
  return failed;
}
