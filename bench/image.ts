/**
 * What the image function costs beside the same sharp pipeline bare: pictures go through the whole shop, from upload
 * to renditions, and the time of the function is set against decoding and encoding alone:
 * `npm run bench:image [-- pictures]`. The bar is 0.9 × bare.
 */
import sharp, { type Sharp } from 'sharp';
import { addProduct, ensureCategory, until, uploadPicture } from '../local/demo/errands.ts';
import { phonePhotograph } from '../local/demo/pictures.ts';
import { median, printTable } from './measure.ts';
import { type MeasuredShop, startShop } from './platform.ts';

const pictures = Math.min(Number(process.argv[2] ?? 15), 200);
const warmUp = 3;
/** The function decodes and encodes with one thread each, as at Lambda's share of a processor. */
sharp.cache(false);
sharp.concurrency(1);

const photograph = await phonePhotograph('Bench', 200);
const shop = await startShop('several');
try {
  await ensureCategory(shop.admin, 'bench', 'Bench');
  const { productId } = await addProduct(shop.admin, {
    name: 'Bench',
    category: 'bench',
    cents: 1000,
    stock: 1,
  });
  const bare: number[] = [];
  const inFunction: number[] = [];
  const untilProcessed: number[] = [];
  for (let index = 0; index < warmUp + pictures; index += 1) {
    // In turns, as a shared machine is not equally fast all the time.
    const bareMs = await timed(() => developBare(photograph));
    const before = await functionTime(shop);
    const processedMs = await timed(() => throughTheShop(shop, productId));
    const functionMs = (await functionTime(shop)) - before;
    if (index < warmUp) continue;
    bare.push(bareMs);
    inFunction.push(functionMs);
    untilProcessed.push(processedMs);
  }
  console.log(
    `\n${pictures} photographs of ${Math.round(photograph.length / 1024)} KB, one after the other; medians`,
  );
  printTable([
    {
      'bare sharp, ms': median(bare),
      'function, ms': median(inFunction),
      '× bare': median(bare) / median(inFunction),
      'upload to renditions, ms': median(untilProcessed),
    },
  ]);
} finally {
  await shop.stop();
}
process.exit(0);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The pipeline of the image function without anything around it: decoded once, three widths in two formats. */
async function developBare(file: Buffer): Promise<void> {
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

async function throughTheShop({ admin }: MeasuredShop, productId: string): Promise<void> {
  const mediaId = await uploadPicture(admin, {
    productId,
    contentType: 'image/jpeg',
    bytes: photograph,
    altText: 'Bench',
  });
  const { state } = await until(
    () => admin.call<{ state: string }>('GET', `/api/v1/media/${mediaId}`),
    (media) => media.state !== 'awaiting',
  );
  if (state !== 'processed') throw new Error(`the picture is ${state}`);
}

/** Milliseconds that the image function has run so far, once nothing runs any more. */
async function functionTime({ consoleUrl }: MeasuredShop): Promise<number> {
  type State = { functions: { name: string; totalMs?: number; inFlight?: number }[] };
  const { functions } = (await (await fetch(`${consoleUrl}/state`)).json()) as State;
  return functions.find(({ name }) => name.endsWith('-process-image'))?.totalMs ?? 0;
}
