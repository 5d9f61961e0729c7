import { OptionError } from '../errors.ts';
import type { OptionKind } from './options.ts';
import type { RunIdentity } from './run-shape.ts';

/** What a calibration made for a policy: the object itself, or its address, which whoever runs the policy replaces. */
export type Artifact = string | Readonly<Record<string, unknown>>;

/** The option `artifact` of a policy. @param help What the artifact holds. */
export function artifactOption(help: string): OptionKind<Artifact> {
  return {
    default: '',
    help,
    allowed: "an artifact of npm run calibrate, or its address: in the model's folder, or a URL",
    input: { kind: 'artifact' },
    accepts: (value): value is Artifact =>
      typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  };
}

/** Refuses an artifact that was made for another run. @throws {OptionError} naming what differs. */
export function expectMatch<K extends keyof RunIdentity>(
  policy: string,
  artifact: Pick<RunIdentity, K>,
  run: Pick<RunIdentity, K>,
  names: readonly K[],
): void {
  for (const name of names) {
    if (artifact[name] === run[name]) continue;
    const problem = `policyOptions.artifact was made for ${name} ${artifact[name]}; this run has ${run[name]}.`;
    throw new OptionError(problem, remedy(policy));
  }
}

/** The error of a run without an artifact. */
export function missingArtifact(policy: string): OptionError {
  return new OptionError('policyOptions.artifact is missing: this model comes without one.', remedy(policy));
}

/** The error of an artifact with a field that is none. */
export function invalidArtifact(policy: string, name: string, value: unknown, allowed: string): OptionError {
  const shown = Array.isArray(value) ? `a list of ${value.length}` : String(value);
  return new OptionError(`policyOptions.artifact: ${name} is ${shown}, not ${allowed}.`, remedy(policy));
}

/** What to do without a fitting artifact. */
export function remedy(policy: string): string {
  return `Make one for this run: npm run calibrate -- --policy ${policy} --model ID --steps N.`;
}
