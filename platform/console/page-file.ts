import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Document } from '../control/reply.ts';

const folder = join(import.meta.dirname, 'page');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const idiomorph = createRequire(import.meta.url).resolve('idiomorph/dist/idiomorph.esm.js');

/**
 * A file of the page, read for every request, so that a reload shows a change; undefined if there is no such file.
 * @param imageOrigin the only other origin that the page may load images from
 */
export function pageFile(name: string, imageOrigin = ''): Document | undefined {
  const type = types[extname(name)];
  if (type === undefined || !/^[a-z-]+\.[a-z]+$/.test(name)) return undefined;
  const text = read(name === 'idiomorph.js' ? idiomorph : join(folder, name));
  if (text === undefined) return undefined;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    `img-src 'self' data: ${imageOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new Document(type, text, {
    'Content-Security-Policy': policy,
    'Referrer-Policy': 'no-referrer',
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
