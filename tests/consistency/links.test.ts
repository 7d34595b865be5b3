import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../../build/stacks.ts';

const files = globSync(
  '{*,.github/**/*,{bench,build,client,docs,operations,platform,proofs,resources,services,shared,tests}/**/*}.md',
  {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  },
);
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const scripts: Record<string, string> = JSON.parse(textOf('package.json')).scripts;

/** A heading's anchor, as GitHub makes it: lower case, spaces to dashes, punctuation left out. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
const anchorsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** What each text matches, as `file: match`. */
const found = (pattern: RegExp, within: (text: string) => string = (text) => text) =>
  files.flatMap((file) =>
    [...within(textOf(file)).matchAll(pattern)].map(([, match = '']) => ({ file, match })),
  );
const withoutExamples = (text: string): string => text.replace(/```[\s\S]*?```/g, '');

describe('references in documents exist:', () => {
  test('linked files and headings', () => {
    const links = found(/\]\(([^)\s]+)\)/g, withoutExamples).filter(
      ({ match }) => !/^(https?|mailto):/.test(match),
    );
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(({ file, match }) => {
      const [path = '', anchor] = match.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('commands', () => {
    const commands = found(/npm run ([a-z][a-z0-9:-]*[a-z0-9])/g);
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter(({ match }) => scripts[match] === undefined)).toEqual([]);
  });

  test('paths from the root', () => {
    const paths = found(
      /`((?:docs|tests|resources|services|shared|build|client|operations|platform|proofs|bench|\.github)\/[\w./-]+)`/g,
    );
    expect(paths.filter(({ match }) => !existsSync(join(root, match)))).toEqual([]);
  });
});
