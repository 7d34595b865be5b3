import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from '../control/reply.ts';

const FOLDER = join(import.meta.dirname, 'page');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/**
 * A file of the live page, read anew each time, so that a change shows at the next reload; undefined for a name that
 * is none. Pictures come from `pictures`, the origin of the AWS endpoint; everything else from here.
 */
export function pageFile(name: string, pictures = ''): Reply | undefined {
  const type = TYPES[extname(name)];
  if (type === undefined || !/^[a-z-]+\.[a-z]+$/.test(name)) return undefined;
  const text = read(join(FOLDER, name));
  if (text === undefined) return undefined;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    `img-src 'self' data: ${pictures}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    status: 200,
    document: {
      type,
      text,
      headers: { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' },
    },
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
