const { dependOn, ofType } = require('./template.cjs');

/**
 * Lets the deployment of an API wait for the API's own answers, too. It is a picture of what there is at that moment,
 * and osls has it wait for the routes only: answers that changed beside it would show with the release after next.
 */
function deployWhole(template) {
  const answers = ofType(template, 'AWS::ApiGateway::GatewayResponse').map(([logicalId]) => logicalId);
  for (const [, deployment] of ofType(template, 'AWS::ApiGateway::Deployment'))
    for (const answer of answers) dependOn(deployment, answer);
}

module.exports = { deployWhole };
