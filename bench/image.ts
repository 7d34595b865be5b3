/**
 * Measures the image function next to the same sharp pipeline alone: images go through the whole shop, from upload to
 * renditions: `npm run bench:image [-- pictures]`. Required: 0.9 × the pipeline's speed. Then measures time and peak memory
 * of the function's renderer on hostile files.
 */

import sharp, { type Sharp } from 'sharp';
import { drawn, phonePhotograph } from '../client/demo/pictures.ts';
import { addProduct, ensureCategory, until, uploadPicture } from '../client/shop-actions.ts';
import { ControlClient } from '../platform/control/control-client.ts';
import { measureHostileImages } from './hostile-images.ts';
import { benchArguments, median, printTable } from './measure.ts';
import { type MeasuredShop, startShop } from './measured-shop.ts';
import { finish } from './record.ts';

const pictures = Math.min(Number(benchArguments[0] ?? 15), 200);
const warmUp = 3;
/** One thread, as in the function. */
sharp.cache(false);
sharp.concurrency(1);

const photographs = { drawn: await phonePhotograph('Bench', 200), 'of a phone': await grainyPhotograph() };
const shop = await startShop('several');
try {
  await ensureCategory(shop.admin, 'bench', 'Bench');
  const { productId } = await addProduct(shop.admin, {
    name: 'Bench',
    category: 'bench',
    cents: 1000,
    stock: 1,
  });
  const rows = [];
  for (const [name, photograph] of Object.entries(photographs))
    rows.push({ photograph: name, ...(await measure(photograph, productId)) });
  printTable(`${pictures} photographs of each kind, one at a time; medians`, rows);
} finally {
  await shop.stop();
}
printTable('Hostile files in the image function, which has 1024 MB and 30 s', await measureHostileImages());
finish('bench-image', 'npm run bench:image');

async function measure(photograph: Buffer, productId: string) {
  const bare: number[] = [];
  const inFunction: number[] = [];
  const untilProcessed: number[] = [];
  for (let index = 0; index < warmUp + pictures; index += 1) {
    // Alternating, because the speed of a shared machine varies.
    const bareMs = await timed(() => processBare(photograph));
    const before = await functionTime(shop);
    const processedMs = await timed(() => throughTheShop(shop, productId, photograph, bareMs));
    const functionMs = (await functionTime(shop)) - before;
    if (index < warmUp) continue;
    bare.push(bareMs);
    inFunction.push(functionMs);
    untilProcessed.push(processedMs);
  }
  return {
    KB: Math.round(photograph.length / 1024),
    'bare sharp, ms': median(bare),
    'function, ms': median(inFunction),
    '× bare': median(bare) / median(inFunction),
    'upload to renditions, ms': median(untilProcessed),
  };
}

/** Twelve megapixels with noise like a sensor's, which determines the size and time of a real photograph. */
async function grainyPhotograph(): Promise<Buffer> {
  const [width, height] = [4032, 3024];
  const noise = { type: 'gaussian', mean: 128, sigma: 18 } as const;
  const grain = sharp({ create: { width, height, channels: 3, background: 'grey', noise } });
  return drawn('Bench', 200, width, height)
    .composite([{ input: await grain.png().toBuffer(), blend: 'soft-light' }])
    .jpeg({ quality: 88 })
    .toBuffer();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The pipeline of the image function alone: decodes once and encodes three widths in two formats. */
async function processBare(file: Buffer): Promise<void> {
  const { data, info } = await sharp(file)
    .autoOrient()
    .resize({ width: 1280, height: 4096, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width: fullWidth, height, channels } = info;
  const encode = (width: number, as: (picture: Sharp) => Sharp) => {
    const picture = sharp(data, { raw: { width: fullWidth, height, channels } });
    return as(width < fullWidth ? picture.resize({ width }) : picture).toBuffer();
  };
  const widths = [...[320, 640].filter((width) => width < fullWidth), fullWidth];
  await Promise.all(
    widths.flatMap((width) => [
      encode(width, (picture) => picture.webp({ quality: 80 })),
      encode(width, (picture) =>
        picture.flatten({ background: 'white' }).jpeg({ quality: 82, progressive: true }),
      ),
    ]),
  );
}

async function throughTheShop(
  { admin }: MeasuredShop,
  productId: string,
  photograph: Buffer,
  leastMs: number,
): Promise<void> {
  const mediaId = await uploadPicture(admin, {
    productId,
    contentType: 'image/jpeg',
    bytes: photograph,
    altText: 'Bench',
  });
  // No requests before it can be ready: they would take CPU time from the function.
  await new Promise((resolve) => setTimeout(resolve, leastMs));
  const { state } = await until(
    () => admin.call<{ state: string }>('GET', `/api/v1/media/${mediaId}`),
    (media) => media.state !== 'awaiting',
  );
  if (state !== 'processed') throw new Error(`the picture is ${state}`);
}

/** Total run time of the image function in ms. */
async function functionTime(shop: MeasuredShop): Promise<number> {
  const { functions } = await new ControlClient(shop).send('GET /state');
  return functions.find(({ name }) => name.endsWith('-process-image'))?.totalMs ?? 0;
}
