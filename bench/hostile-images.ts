import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp, { type Sharp } from 'sharp';
import { root } from '../build/stacks.ts';

/** The pixel limit of services/media/src/domain/image-rules.ts, which is a square of this side. */
const side = 7071;
const noise = { type: 'gaussian', mean: 128, sigma: 12 } as const;
const flat = (channels: 3 | 4): Sharp =>
  sharp({ create: { width: side, height: side, channels, background: 'red' }, limitInputPixels: false });
const grainy = (): Sharp =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'grey', noise } });

/** Accepted files that need the most memory and time, and one that must be rejected before it is decoded. */
const files: Record<string, { type: string; make: () => Promise<Buffer> }> = {
  'JPEG, 50 megapixels of noise': {
    type: 'image/jpeg',
    make: () => grainy().jpeg({ quality: 60 }).toBuffer(),
  },
  'progressive JPEG of that size': {
    type: 'image/jpeg',
    make: () => grainy().jpeg({ quality: 60, progressive: true }).toBuffer(),
  },
  'interlaced PNG with transparency': {
    type: 'image/png',
    make: () => flat(4).png({ progressive: true }).toBuffer(),
  },
  'interlaced PNG of 16 bits': {
    type: 'image/png',
    make: () => flat(4).toColourspace('rgb16').png({ progressive: true }).toBuffer(),
  },
  'WebP, 50 megapixels': { type: 'image/webp', make: () => flat(3).webp().toBuffer() },
  'PNG of 400 megapixels': {
    type: 'image/png',
    make: () =>
      sharp({
        create: { width: 20_000, height: 20_000, channels: 3, background: 'red' },
        limitInputPixels: false,
      })
        .png({ compressionLevel: 9 })
        .toBuffer(),
  },
};

/** Renders a file as the function does, in its own process, whose memory nothing else has grown. */
const probe = `
  import { readFileSync } from 'node:fs';
  const [renderer, file, type] = process.argv.slice(1);
  const { renderImage } = await import(renderer);
  const bytes = readFileSync(file);
  const started = performance.now();
  const result = await renderImage(bytes, type, async () => {}).then(() => 'accepted', (error) => 'rejected: ' + error.message);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(JSON.stringify({ result, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }));`;

/** The function's memory (services/media/functions/pictures.yml), and the processor share that Lambda gives with it. */
const functionMb = 1024;
const processorShare = functionMb / 1769;

/** Measures each file in a process of its own. @throws Error if one needs more memory than the function has */
export async function measureHostileImages(): Promise<Record<string, string | number>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const rows = [];
  try {
    for (const [name, { type, make }] of Object.entries(files)) {
      const bytes = await make();
      const file = join(folder, 'image');
      await writeFile(file, bytes);
      const renderer = join(root, 'services/media/src/adapters/image-renderer.ts');
      const args = ['--input-type=module', '-e', probe, renderer, file, type];
      const { stdout } = await execa(process.execPath, args, { cwd: root, timeout: 120_000 });
      const { result, cpuMs, peakMb } = JSON.parse(stdout) as {
        result: string;
        cpuMs: number;
        peakMb: number;
      };
      if (peakMb > functionMb) throw new Error(`${name} needs ${Math.round(peakMb)} MB`);
      rows.push({
        file: name,
        KB: Math.round(bytes.length / 1024),
        result,
        'peak memory, MB': Math.round(peakMb),
        'CPU, ms': Math.round(cpuMs),
        'at 1024 MB, s': cpuMs / processorShare / 1000,
      });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}
