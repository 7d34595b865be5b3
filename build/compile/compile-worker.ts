/** A process that compiles stacks, one after the other: osls keeps state per process and uses its working directory. */
import { type CompiledService, compileService } from './osls.ts';

/** A request to compile a stack; `placeholder` replaces the functions' code. */
export type CompileRequest = { serviceDir: string; stage: string; region: string; placeholder: string };

/** Its response: the compiled stack, or osls' error message. */
export type CompileReply = { compiled: CompiledService } | { error: string };

process.on('message', async (request: CompileRequest) => {
  const reply = await compile(request);
  process.send?.(reply, undefined, undefined, () => {});
});
process.on('disconnect', () => process.exit(0));

async function compile(request: CompileRequest): Promise<CompileReply> {
  try {
    process.chdir(request.serviceDir);
    const { stage, region, placeholder, serviceDir } = request;
    return { compiled: await compileService(serviceDir, { stage, region }, placeholder) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
