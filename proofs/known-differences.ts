/**
 * Contract tests that a platform is known to fail, by test name, and what the platform does instead of AWS.
 * docs/platform-differences.md explains each with AWS's documentation. The suite fails when a listed test passes, so that
 * the list stays correct.
 */
export const knownDifferences: Record<string, Record<string, string>> = {
  local: {
    'is told by AWS_EXECUTION_ENV that it runs on Lambda':
      'does not set it, because there is no X-Ray daemon',
  },
  ministack: {
    'keeps every value of a repeated header': 'joins the values with a comma',
    'has the last value of a repeated query parameter as the single one': 'returns the first',
    'of a function that threw is 502 without its message': 'returns the error message',
    'of the gateway for a failed function is the one that the template gives':
      'bypasses the gateway responses',
    'that is no proxy response is 502': 'returns 200 with the function’s result as text',
    'works on several groups at once': 'processes one message of a FIFO queue at a time, over all groups',
    'comes back to a failed change before it goes on': 'ignores the partial batch responses of table streams',
    'learns the kind of error that the function it invoked threw':
      'returns Runtime.HandlerError for every error',
    'is told which resource it was denied': 'does not include the resource',
    'is told its handler and where its log goes': 'sets neither _HANDLER nor AWS_LAMBDA_LOG_GROUP_NAME',
    'is told by AWS_EXECUTION_ENV that it runs on Lambda': 'does not set it',
    'finds nothing in its environment that neither the template nor Lambda set':
      'passes its own environment to functions',
  },
};
