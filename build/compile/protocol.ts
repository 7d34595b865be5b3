import type { CompiledService } from './osls.ts';

/** What the compiling process is asked; `placeholder` stands for the functions' code. */
export type CompileRequest = { serviceDir: string; stage: string; region: string; placeholder: string };

/** What it answers: the stack, or osls' message. */
export type CompileReply = { compiled: CompiledService } | { error: string };
