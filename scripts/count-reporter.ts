import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line over all projects, `N passed, N failed, N skipped`, for those who read it by program. */
export default class CountReporter implements Reporter {
  /** Vitest calls reporters in order: list this one last. */
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    const ran = new Set<string>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state]++;
        if (state !== 'skipped') ran.add(projectOf(module));
      }
      // A file or a suite that fails by itself fails no test, and must not pass for an empty one.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      // Its worker died before it said what is in it.
      if (module.state() === 'queued') count.failed++;
    }
    const idle = (process.env.STILLFRAME_MUST_RUN || undefined)?.split(',').filter((name) => !ran.has(name)) ?? [];
    for (const name of idle) console.log(`The project ${name} has run no test.`);
    // A test that was begun and not ended has not been skipped.
    const failed = count.failed + count.pending + idle.length;
    if (failed > 0) process.exitCode = 1;
    console.log(`${count.passed} passed, ${failed} failed, ${count.skipped} skipped`);
  }
}

/** The name in the configuration: Vitest adds the browser's. */
function projectOf({ project }: TestModule): string {
  return project.name.split(' ')[0] ?? '';
}
