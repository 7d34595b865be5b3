/** One step of the proof, as the table tells it. */
type Step = { name: string; seconds: number; note: string };

const steps: Step[] = [];

/** Does a step, tells of it as it begins and ends, and keeps its time. Its note is what `work` answers, if anything. */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  note?: (result: T) => string,
): Promise<T> {
  const started = performance.now();
  console.log(`… ${name}`);
  try {
    const result = await work();
    record(name, started, note?.(result) ?? '');
    return result;
  } catch (error) {
    record(name, started, 'FAILED');
    throw error;
  }
}

function record(name: string, started: number, note: string): void {
  steps.push({ name, seconds: (performance.now() - started) / 1000, note });
}

/** Prints every step with its time. */
export function printSteps(): void {
  console.log('\nStep by step:');
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  for (const { name, seconds, note } of [...steps, { name: 'all', seconds: total, note: '' }]) {
    console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${name}${note === '' ? '' : ` (${note})`}`);
  }
}
