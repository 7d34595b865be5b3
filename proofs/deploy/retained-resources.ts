/** Why production retains a resource when its stack is removed, by type. Other types must not be retained. */
export const retentionReasons: Record<string, string> = {
  'AWS::Backup::BackupVault': 'contains the backups needed after an accidental removal',
  'AWS::DynamoDB::GlobalTable': 'data that exists nowhere else except in backups',
  'AWS::KMS::Key': 'needed to decrypt retained data and backups',
  'AWS::RDS::DBInstance':
    'orders and accounts: instances leave a final snapshot, replicas in the second region stay (docs/runbooks/removal.md)',
  'AWS::Route53::HostedZone': 'the registrar delegates to its name servers; a new zone has others',
  'AWS::S3::Bucket': 'legally required documents, customers’ files and logs: emptied by hand only',
  'AWS::SecretsManager::Secret': 'passwords and keys of the retained resources',
  'Custom::SchemaMigration': 'not a resource in the account; the schema stays in its database',
  'Custom::ServiceDatabase': 'not a resource in the account; the database stays on its server',
};
