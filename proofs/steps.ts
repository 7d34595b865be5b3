type Step = { name: string; seconds: number; note: string };

const steps: Step[] = [];

/** Runs one step of a proof, prints its name and records its time. `note` describes the result in the summary. */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  note: (result: T) => string = () => '',
): Promise<T> {
  const started = performance.now();
  const record = (text: string) =>
    steps.push({ name, seconds: (performance.now() - started) / 1000, note: text });
  console.log(`… ${name}`);
  try {
    const result = await work();
    record(note(result));
    return result;
  } catch (error) {
    record('FAILED');
    throw error;
  }
}

/** Prints every step with its time. */
export function printSteps(): void {
  console.log('\nSteps:');
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  for (const { name, seconds, note } of [...steps, { name: 'total', seconds: total, note: '' }])
    console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${name}${note === '' ? '' : ` (${note})`}`);
}
