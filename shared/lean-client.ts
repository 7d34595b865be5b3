type AwsClient = {
  config: { cacheMiddleware?: boolean };
  middlewareStack: { remove(name: string): boolean };
};

/**
 * Takes from an AWS client what costs a fifth of its CPU time per call and serves nobody here: middleware sorted anew
 * for each call, and a filtered copy of every input and output for the client's own log (ours is Powertools').
 */
export function lean<C extends AwsClient>(client: C): C {
  client.config.cacheMiddleware = true;
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
