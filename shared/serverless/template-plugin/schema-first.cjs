const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { dependOn, ofType } = require('./template.cjs');

const migrateFunctionId = 'MigrateLambdaFunction';
const migrationId = 'SchemaMigration';

/**
 * Makes a stack with a `migrate` function bring its schema up to date by itself: a custom resource calls that function
 * when the steps or the database have changed, and every other function and version of the stack waits for it. So no
 * new code takes traffic before its schema is there, and a failed step fails the deployment
 * (docs/decisions/0008-migrations-by-deployment.md).
 */
function migrateSchemaFirst(template, folders) {
  const migrate = template.Resources[migrateFunctionId];
  if (!migrate) return;
  const { DATABASE_ADMIN_HOST, DATABASE_HOST, DATABASE_AUTH } = migrate.Properties.Environment.Variables;
  template.Resources[migrationId] = {
    Type: 'Custom::SchemaMigration',
    // Its deletion would change nothing; the function that answers may be gone already.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      // The newest code, whatever the aliases point to: it is the code that needs the new schema.
      ServiceToken: { 'Fn::GetAtt': [migrateFunctionId, 'Arn'] },
      // Longer than the function may run: a function that is ended answers nothing.
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

/** One hash of the names and texts of all steps. */
function hashOf(folders) {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : [])
      if (name.endsWith('.sql'))
        hash.update(`${basename(folder)}/${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 32);
}

module.exports = { migrateSchemaFirst };
