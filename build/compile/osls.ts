import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import type { Template } from '../deployment.ts';

/**
 * The only file that uses osls' internal modules (pinned to 4.3.1: they are not a public interface). Follows
 * `sls package` in `scripts/serverless.js` step by step, without the command line and without bundling.
 */
const require = createRequire(import.meta.url);

type Source = {
  resolve: (input: { address?: string | null; params?: string[]; serviceDir: string }) => unknown;
};
type VariablesMeta = Map<string, { error?: Error }>;
type ResolverConfiguration = {
  serviceDir: string;
  configuration: Configuration;
  variablesMeta: VariablesMeta;
  sources: Record<string, Source>;
  options: Options;
  fulfilledSources: Set<string>;
  isPropertyDeferred?: (propertyPath: string) => boolean;
};
type Configuration = { plugins?: unknown; configValidationMode?: string; provider?: { region?: string } };
type Options = { stage: string; region: string };
type OslsFunction = { package?: { artifact?: string } };
type Hook = { pluginName: string; hook: () => unknown };
type Osls = {
  init(): Promise<void>;
  run(): Promise<void>;
  utils: { writeFileSync: (...input: unknown[]) => void };
  pluginManager: {
    hooks: Record<string, Hook[]>;
    plugins: { inputFiles?: string[] }[];
    spawn(command: string): Promise<void>;
  };
  service: {
    service: string;
    getAllFunctions(): string[];
    getFunction(name: string): OslsFunction;
    provider: {
      compiledCloudFormationTemplate: Template;
      stackParameters?: { ParameterKey: string; ParameterValue: string }[];
      stackTags?: Record<string, string>;
    };
  };
  getProvider(name: 'aws'): { naming: { getStackName(): string } };
};

/** The result of compiling one stack, and its inputs. */
export type CompiledService = {
  service: string;
  stackName: string;
  template: Template;
  /** `provider.stackParameters`: what `sls deploy` passes to CloudFormation. */
  parameters: Record<string, string>;
  /** `provider.stackTags`: CloudFormation applies them to the stack's resources. */
  tags: Record<string, string>;
  /** The region that the stack's `serverless.yml` sets. */
  region: string;
  /** Absolute paths of the files read by `${file(…)}`, present or not, and by plugins (`inputFiles`). */
  files: string[];
  /** Names of the environment variables read by `${env:…}`. */
  environment: string[];
};

const osls = <T>(module: string): T => require(`serverless/${module}`) as T;
const source = (name: string) => osls<Source>(`lib/configuration/variables/sources/${name}`);
const instanceSource = (name: string, instance?: Osls) =>
  osls<(instance?: Osls) => Source>(`lib/configuration/variables/sources/instance-dependent/${name}`)(
    instance,
  );

/**
 * Compiles the `serverless.yml` of one directory to its CloudFormation template, as `sls package` does, but without
 * bundling code and without writing into the directory. The process must be in `serviceDir`.
 * @param placeholder an existing file used as every function's code
 * @throws osls' own Error
 */
export async function compileService(
  serviceDir: string,
  options: Options,
  placeholder: string,
): Promise<CompiledService> {
  const configurationPath = join(serviceDir, 'serverless.yml');
  const read = osls<(path: string) => Promise<Configuration>>('lib/configuration/read');
  const configuration = await read(configurationPath);
  // A misspelt key stops the start instead of causing only a warning.
  configuration.configValidationMode ??= 'error';
  const { resolver, files, environment } = resolverOf(serviceDir, configuration, options);
  await resolveVariables(resolver, configurationPath);

  // Read before the framework overrides it with the command's region: a stack that sets its region keeps it.
  const region = configuration.provider?.region ?? options.region;
  const Serverless = osls<new (config: object) => Osls>('lib/serverless');
  const instance = new Serverless({
    configuration,
    serviceDir,
    configurationFilename: basename(configurationPath),
    command: 'package',
    commands: ['package'],
    options: { ...options },
    variablesMeta: resolver.variablesMeta,
  });
  await instance.init();
  resolver.sources.sls = instanceSource('get-sls', instance);
  resolver.sources.param = instanceSource('param', instance);
  resolver.fulfilledSources.add('param');
  await resolveVariables(resolver, configurationPath);
  refuseUnresolved(resolver);

  leaveCodeAndFilesAlone(instance, placeholder);
  await instance.run();
  const { provider } = instance.service;
  return {
    service: instance.service.service,
    stackName: instance.getProvider('aws').naming.getStackName(),
    template: JSON.parse(JSON.stringify(provider.compiledCloudFormationTemplate)) as Template,
    parameters: Object.fromEntries(
      (provider.stackParameters ?? []).map((entry) => [entry.ParameterKey, String(entry.ParameterValue)]),
    ),
    tags: provider.stackTags ?? {},
    region,
    files: [...files, ...instance.pluginManager.plugins.flatMap(({ inputFiles = [] }) => inputFiles)],
    environment: [...environment],
  };
}

function resolverOf(serviceDir: string, configuration: Configuration, options: Options) {
  const files = new Set<string>();
  const environment = new Set<string>();
  const watched = (name: string, see: (input: Parameters<Source['resolve']>[0]) => void): Source => {
    const inner = source(name);
    return {
      resolve: (input) => {
        see(input);
        return inner.resolve(input);
      },
    };
  };
  const resolver: ResolverConfiguration = {
    serviceDir,
    configuration,
    variablesMeta: osls<(configuration: Configuration) => VariablesMeta>(
      'lib/configuration/variables/resolve-meta',
    )(configuration),
    sources: {
      env: watched('env', ({ address }) => address && environment.add(address)),
      file: watched('file', ({ params }) => params?.[0] && files.add(resolve(serviceDir, params[0]))),
      opt: source('opt'),
      self: source('self'),
      strToBool: source('str-to-bool'),
      sls: instanceSource('get-sls'),
    },
    options,
    fulfilledSources: new Set(['env', 'file', 'opt', 'self', 'sls', 'strToBool']),
  };
  resolver.isPropertyDeferred = osls<
    (c: Configuration, r: ResolverConfiguration) => (propertyPath: string) => boolean
  >('lib/configuration/variables/defer-irrelevant-stage-params')(configuration, resolver);
  return { resolver, files, environment };
}

async function resolveVariables(resolver: ResolverConfiguration, configurationPath: string): Promise<void> {
  if (resolver.variablesMeta.size === 0) return;
  await osls<(resolver: ResolverConfiguration) => Promise<void>>('lib/configuration/variables/resolve')(
    resolver,
  );
  osls<(path: string, c: Configuration, meta: VariablesMeta, o: object) => unknown>(
    'lib/configuration/variables/eventually-report-resolution-errors',
  )(configurationPath, resolver.configuration, resolver.variablesMeta, { isHelpRequest: false });
}

/** Variables that remain after the last pass need AWS (`${cf:…}`, `${ssm:…}`) or name an unknown source. */
function refuseUnresolved({ variablesMeta, isPropertyDeferred }: ResolverConfiguration): void {
  for (const path of [...variablesMeta.keys()]) if (isPropertyDeferred?.(path)) variablesMeta.delete(path);
  const [first] = variablesMeta.keys();
  if (first === undefined) return;
  const sources = osls<(meta: VariablesMeta) => Map<string, unknown>>(
    'lib/configuration/variables/resolve-unresolved-source-types',
  )(variablesMeta);
  throw new Error(
    `"${first.replaceAll('\0', '.')}" needs the variable source ${[...sources.keys()].join(', ')}, which requires AWS. ` +
      'Use a name by convention or a CloudFormation export.',
  );
}

/** Plugins that bundle code; only the template is needed. */
const codePlugins = new Set(['EsbuildServerlessPlugin', 'PackageSharpPlugin']);

/** `.serverless/` belongs to `sls package`, which may run at the same time; functions get a placeholder file. */
function leaveCodeAndFilesAlone(instance: Osls, placeholder: string): void {
  const { hooks } = instance.pluginManager;
  for (const event of Object.keys(hooks))
    hooks[event] = (hooks[event] ?? []).filter((entry) => !codePlugins.has(entry.pluginName));
  delete hooks['aws:common:cleanupTempDir:cleanup'];
  delete hooks['aws:package:finalize:saveServiceState'];
  instance.utils.writeFileSync = () => {};
  hooks['before:package:createDeploymentArtifacts'] = [
    ...(hooks['before:package:createDeploymentArtifacts'] ?? []),
    {
      pluginName: 'LocalPlatform',
      hook: () => {
        for (const name of instance.service.getAllFunctions()) {
          const definition = instance.service.getFunction(name);
          definition.package = { ...definition.package, artifact: placeholder };
        }
      },
    },
  ];
}
