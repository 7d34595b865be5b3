/**
 * Where a platform is known not to keep a promise of AWS that the suite states: the promise by its test's name,
 * and what the platform does instead. docs/platform-differences.md tells each with AWS's own page. A promise that
 * a platform keeps after all fails the suite, so that this list cannot outlive its reasons.
 */
export const knownDifferences: Record<string, Record<string, string>> = {
  local: {
    'is told by AWS_EXECUTION_ENV that it runs on Lambda':
      'leaves it out, since no X-Ray daemon takes traces',
  },
  ministack: {
    'keeps every value of a repeated header': 'joins the values with a comma',
    'has the last value of a repeated query parameter as the single one': 'has the first',
    'of a function that threw is 502 without its message': 'sends the error message to the caller',
    'of the gateway for a failed function is the one that the template gives':
      'answers a failed function past every gateway response',
    'that is no proxy response is 502': 'answers 200 with the function’s result as text',
    'works on several groups at once': 'works on one message of a FIFO queue at a time, over all groups',
    'comes back to a failed change before it goes on': 'ignores the partial batch responses of table streams',
    'learns the kind of error that the function it invoked threw': 'calls every error Runtime.HandlerError',
    'is told which resource it was denied': 'names no resource in a denial',
    'is told its handler and where its log goes': 'sets neither _HANDLER nor AWS_LAMBDA_LOG_GROUP_NAME',
    'is told by AWS_EXECUTION_ENV that it runs on Lambda': 'leaves it out',
    'finds nothing in its environment that neither the template nor Lambda set':
      'hands its own environment on to functions',
  },
};
