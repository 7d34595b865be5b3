const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { dependOn, ofType } = require('./template.cjs');

const migrateFunctionId = 'MigrateLambdaFunction';
const migrationId = 'SchemaMigration';

/**
 * Migrates the schema during the deployment of a stack with a `migrate` function: a custom resource invokes the function
 * when the migrations or the database have changed, and every other function and version of the stack depends on it. So
 * no new code receives traffic before its migrations, and a failed migration fails the deployment
 * (docs/decisions/0008-migrations-by-deployment.md).
 */
function migrateSchemaFirst(template, folders) {
  const migrate = template.Resources[migrateFunctionId];
  if (!migrate) return;
  const { DATABASE_ADMIN_HOST, DATABASE_HOST, DATABASE_AUTH } = migrate.Properties.Environment.Variables;
  template.Resources[migrationId] = {
    Type: 'Custom::SchemaMigration',
    // Its deletion has no effect, and the function may be deleted already.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      // The newest code, not an alias: this is the code that needs the new schema.
      ServiceToken: { 'Fn::GetAtt': [migrateFunctionId, 'Arn'] },
      // Longer than the function's timeout: a function that timed out sends no response.
      ServiceTimeout: migrate.Properties.Timeout + 60,
      Steps: hashOf(folders),
      DatabaseHost: DATABASE_ADMIN_HOST ?? DATABASE_HOST,
      SignInBy: DATABASE_AUTH,
    },
  };
  for (const [logicalId, resource] of ofType(template, 'AWS::Lambda::Function', 'AWS::Lambda::Version')) {
    const ofMigrate =
      logicalId === migrateFunctionId || resource.Properties.FunctionName?.Ref === migrateFunctionId;
    if (!ofMigrate) dependOn(resource, migrationId);
  }
}

/** A hash of the names and contents of all migrations. */
function hashOf(folders) {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : [])
      if (name.endsWith('.sql'))
        hash.update(`${basename(folder)}/${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 32);
}

module.exports = { migrateSchemaFirst };
