const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { dependOn, ofType } = require('./template.cjs');

const migrateFunctionId = 'MigrateLambdaFunction';
const migrationId = 'SchemaMigration';
const databaseId = 'ServiceDatabase';
/** The timeout of that function (resources/data/functions/databases.yml). */
const prepareDatabaseSeconds = 60;
/** How much longer CloudFormation waits than the function runs: one that timed out sends no response. */
const answerSeconds = 60;

/**
 * Migrates the schema during the deployment of a stack with a `migrate` function: a custom resource invokes the function
 * when the migrations or the database have changed, and every other function and version of the stack depends on it. So
 * no new code receives traffic before its migrations, and a failed migration fails the deployment
 * (docs/decisions/0008-migrations-by-deployment.md). Before it, another custom resource has the data stack create the
 * database and its roles, unless they are replicas (docs/decisions/0026-owners-of-tables.md).
 */
function migrateSchemaFirst(template, folders, { prepares, prepareDatabaseArn }) {
  const migrate = template.Resources[migrateFunctionId];
  if (!migrate) return;
  const { DATABASE_SERVER_HOST, DATABASE_AUTH, DATABASE_NAME } = migrate.Properties.Environment.Variables;
  const server = { DatabaseHost: DATABASE_SERVER_HOST, SignInBy: DATABASE_AUTH };
  if (prepares)
    template.Resources[databaseId] = customResource('Custom::ServiceDatabase', {
      ServiceToken: prepareDatabaseArn,
      ServiceTimeout: prepareDatabaseSeconds + answerSeconds,
      Database: DATABASE_NAME,
      ...server,
    });
  template.Resources[migrationId] = customResource('Custom::SchemaMigration', {
    // The newest code, not an alias: this is the code that needs the new schema.
    ServiceToken: { 'Fn::GetAtt': [migrateFunctionId, 'Arn'] },
    ServiceTimeout: migrate.Properties.Timeout + answerSeconds,
    Steps: hashOf(folders),
    ...server,
  });
  if (prepares) dependOn(template.Resources[migrationId], databaseId);
  for (const [logicalId, resource] of ofType(template, 'AWS::Lambda::Function', 'AWS::Lambda::Version')) {
    const ofMigrate =
      logicalId === migrateFunctionId || resource.Properties.FunctionName?.Ref === migrateFunctionId;
    if (!ofMigrate) dependOn(resource, migrationId);
  }
}

/** Its deletion has no effect, and the function may be deleted already. */
const customResource = (Type, Properties) => ({
  Type,
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties,
});

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
