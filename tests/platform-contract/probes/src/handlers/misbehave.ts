import type { APIGatewayProxyEvent } from 'aws-lambda';

/** Fails in the way that the path names: `throw`, `overrun` (its timeout is one second) or `malformed`. */
export async function handler(event: APIGatewayProxyEvent): Promise<unknown> {
  switch (event.pathParameters?.['how']) {
    case 'throw':
      throw new Error('a secret detail');
    case 'overrun':
      return new Promise((resolve) => setTimeout(() => resolve({ statusCode: 200, body: 'late' }), 3000));
    default:
      return { status: 200, text: 'no proxy response' };
  }
}
