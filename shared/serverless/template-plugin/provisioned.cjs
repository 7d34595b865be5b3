const { aliasName } = require('./live-alias.cjs');

/** More instances are started above this share of busy ones: Lambda's recommendation for target tracking. */
const targetBusyShare = 0.7;

/**
 * Keeps instances of the hottest functions started, `least` at all times and up to `most` by use, to avoid cold
 * starts on the most frequent routes. `sizes` has the numbers by function, from stages.yml.
 */
function keepWarm(template, aliases, sizes, nameOf) {
  for (const { aliasId, functionId } of aliases) {
    const name = template.Resources[functionId].Properties.FunctionName;
    const size = sizes[nameOf(name)];
    if (!size) continue;
    const base = aliasId.replace(/Live$/, '');
    template.Resources[aliasId].Properties.ProvisionedConcurrencyConfig = {
      ProvisionedConcurrentExecutions: size.least,
    };
    template.Resources[`${base}WarmInstances`] = {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      DependsOn: [aliasId],
      Properties: {
        ServiceNamespace: 'lambda',
        ScalableDimension: 'lambda:function:ProvisionedConcurrency',
        ResourceId: `function:${name}:${aliasName}`,
        MinCapacity: size.least,
        MaxCapacity: size.most,
      },
    };
    template.Resources[`${base}WarmByUse`] = {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: `${name}-warm-by-use`,
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: { Ref: `${base}WarmInstances` },
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: targetBusyShare,
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'LambdaProvisionedConcurrencyUtilization',
          },
        },
      },
    };
  }
}

module.exports = { keepWarm };
