import type { CompiledService } from './osls.ts';

/** A request to the compile worker; `placeholder` replaces the functions' code. */
export type CompileRequest = { serviceDir: string; stage: string; region: string; placeholder: string };

/** Its response: the compiled stack, or osls' error message. */
export type CompileReply = { compiled: CompiledService } | { error: string };
