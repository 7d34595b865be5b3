/** Sets the environment of this test file, before the modules that read it are imported; Jest gives each file its own. */
export function setEnvironment(settings: Record<string, string>): void {
  Object.assign(process.env, settings);
}
