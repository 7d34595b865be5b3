import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** Returns the event that it received, and two cookies, which only multi-value headers can contain. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  return {
    statusCode: event.httpMethod === 'POST' ? 201 : 200,
    headers: { 'Content-Type': 'application/json', 'X-Echo': 'single' },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: JSON.stringify(event),
  };
}
