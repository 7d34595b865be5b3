const { dependOn, ofType } = require('./template.cjs');

/**
 * Makes the deployment of an API depend on its gateway responses too. A deployment is a snapshot, and osls makes it depend
 * on the routes only: changed gateway responses would be missing in it until the next release.
 */
function deployGatewayResponses(template) {
  const responses = ofType(template, 'AWS::ApiGateway::GatewayResponse').map(([logicalId]) => logicalId);
  for (const [, deployment] of ofType(template, 'AWS::ApiGateway::Deployment'))
    for (const response of responses) dependOn(deployment, response);
}

module.exports = { deployGatewayResponses };
