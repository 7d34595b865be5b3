/** Why a resource outlives its stack in production, by type. A type that is not here may not be kept. */
export const reasonsToKeep: Record<string, string> = {
  'AWS::Backup::BackupVault': 'holds the backups that a removal by mistake calls for',
  'AWS::DynamoDB::GlobalTable': 'what customers and the shop wrote; nothing else has it but backups',
  'AWS::KMS::Key': 'without it nothing can be read that it encrypted, backups included',
  'AWS::RDS::DBInstance':
    'orders and accounts: servers leave a last snapshot, copies of the second region stay (docs/runbooks/removal.md)',
  'AWS::Route53::HostedZone': 'the domain’s registrar names its servers; a new zone would have others',
  'AWS::S3::Bucket': 'documents that the law keeps, customers’ files and logs: emptied by a person only',
  'AWS::SecretsManager::Secret': 'passwords and keys that what is kept can only be used with',
  'Custom::SchemaMigration': 'nothing in the account; the schema stays in its database',
};
