import type { Reporter, TestModule } from 'vitest/node';

/** Files that are listed. */
const SLOWEST = 10;

/** Tells at the end of a run where its time went: set-up and checks before it, each project, and the slowest files. */
export default class TimeReporter implements Reporter {
  #start = 0;
  /** By place in the order, when the last file of a group of projects ended; groups run one after the other. */
  readonly #ends = new Map<number, number>();

  onTestRunStart(): void {
    this.#start = performance.now();
    this.#ends.clear();
  }

  onTestModuleEnd({ project }: TestModule): void {
    this.#ends.set(project.config.sequence.groupOrder, performance.now());
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows: [string, number][] = JSON.parse(process.env.STILLFRAME_SECONDS ?? '[]');
    let before = this.#start;
    for (const [group, end] of [...this.#ends].sort(([, a], [, b]) => a - b)) {
      const own = modules.filter(({ project }) => project.config.sequence.groupOrder === group);
      const names = [...new Set(own.map(({ project }) => project.name))].map((name) => {
        const files = own.filter(({ project }) => project.name === name);
        return `${name}: ${files.reduce((sum, { children }) => sum + [...children.allTests()].length, 0)} tests`;
      });
      rows.push([names.join(', beside '), (end - before) / 1000]);
      before = end;
    }
    const all = rows.reduce((sum, [, seconds]) => sum + seconds, 0);
    const files = modules.map((module): [string, number] => [
      `${module.project.name}: ${module.relativeModuleId}`,
      seconds(module),
    ]);
    const slowest = files.sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
    print('Where the time went', [...rows, ['in all', all]]);
    print(`The slowest ${SLOWEST} files`, slowest);
  }
}

/**
 * Of a file: importing, its tests and hooks. What Vitest says of getting ready is left out: in a browser it subtracts
 * times of two pages' clocks, and comes to all that passed since the project began.
 */
function seconds(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + duration) / 1000;
}

function print(title: string, rows: readonly (readonly [string, number])[]): void {
  console.log(`\n${title}, in seconds`);
  for (const [name, value] of rows) console.log(`${value.toFixed(1).padStart(8)}  ${name}`);
}
