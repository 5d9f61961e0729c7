import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line over all projects, `N passed, N failed, N skipped`, for those who read it by program. */
export default class CountReporter implements Reporter {
  /** Vitest calls reporters in order: list this one last. */
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      // A file or a suite that fails by itself fails no test, and must not pass for an empty one.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`);
  }
}
