const { ofType } = require('./template.cjs');

/** The key for what runs the shop (ADR 0007): in the stack that makes it by itself, elsewhere by its export. */
const operationsKeyId = 'OperationsKey';

/** Encrypts every log group under the operations key; osls has no setting for it. */
function encryptLogs(template, prefix) {
  const KmsKeyId = template.Resources[operationsKeyId]
    ? { 'Fn::GetAtt': [operationsKeyId, 'Arn'] }
    : { 'Fn::ImportValue': `${prefix}-operations-key-arn` };
  for (const [, { Properties }] of ofType(template, 'AWS::Logs::LogGroup')) Properties.KmsKeyId ??= KmsKeyId;
}

module.exports = { encryptLogs };
