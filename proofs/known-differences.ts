/**
 * Contract tests that a platform is known to fail, by test name, and what the platform does instead of AWS.
 * docs/platform-differences.md explains each with AWS's documentation. The suite fails when a listed test passes, so that
 * the list stays correct.
 */
export const knownDifferences: Record<string, Record<string, string>> = {
  local: {
    'has the environment variable AWS_EXECUTION_ENV': 'does not set it, because there is no X-Ray daemon',
  },
  ministack: {
    'keeps every value of a repeated header': 'joins the values with a comma',
    'has the last value of a repeated query parameter as the single one': 'returns the first',
    'of a function that threw is 502 without its message': 'returns the error message',
    'of the gateway for a failed function is the template’s': 'bypasses the gateway responses',
    'is 502 when the function returns no proxy response': 'returns 200 with the function’s result as text',
    'processes several groups at once': 'processes one message of a FIFO queue at a time, over all groups',
    'retries a failed change before it continues': 'ignores the partial batch responses of table streams',
    'receives the type of an error in the invoked function': 'returns Runtime.HandlerError for every error',
    'receives the denied resource when its role does not grant a call': 'does not include the resource',
    'has the environment variables of its handler and its log':
      'sets neither _HANDLER nor AWS_LAMBDA_LOG_GROUP_NAME',
    'has the environment variable AWS_EXECUTION_ENV': 'does not set it',
    'has only environment variables of the template and of Lambda': 'passes its own environment to functions',
  },
};
