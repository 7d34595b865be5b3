const { ofType } = require('./template.cjs');

/** The operations key (ADR 0007): by reference in the stack that creates it, elsewhere by its export. */
const operationsKeyId = 'OperationsKey';

/** Encrypts every log group with the operations key; osls has no setting for it. */
function encryptLogs(template, prefix) {
  const KmsKeyId = template.Resources[operationsKeyId]
    ? { 'Fn::GetAtt': [operationsKeyId, 'Arn'] }
    : { 'Fn::ImportValue': `${prefix}-operations-key-arn` };
  for (const [, { Properties }] of ofType(template, 'AWS::Logs::LogGroup')) Properties.KmsKeyId ??= KmsKeyId;
}

module.exports = { encryptLogs };
