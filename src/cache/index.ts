/**
 * Caching methods: to add one, add its file and a line to `POLICIES`.
 *
 * @module
 */
import { OptionError } from '../errors.ts';
import { adacache } from './adacache.ts';
import { bac } from './bac.ts';
import { blockcache } from './blockcache.ts';
import { bwcache } from './bwcache.ts';
import type { Calibration } from './calibration.ts';
import { dbcache } from './dbcache.ts';
import { duca } from './duca.ts';
import { easycache } from './easycache.ts';
import { fastercache } from './fastercache.ts';
import { fbcache } from './fbcache.ts';
import { fewerSteps } from './fewer-steps.ts';
import { fitcache } from './fitcache.ts';
import type { ConfiguredPolicy, PolicyKind } from './kind.ts';
import { magcache } from './magcache.ts';
import { mixcache } from './mixcache.ts';
import { none } from './none.ts';
import { pab } from './pab.ts';
import { seacache } from './seacache.ts';
import { smoothcache } from './smoothcache.ts';
import { sortblock } from './sortblock.ts';
import { spectrum } from './spectrum.ts';
import { taylorseer } from './taylorseer.ts';
import { teacache } from './teacache.ts';
import { toca } from './toca.ts';

/** Every policy that is built. */
export const POLICIES: readonly PolicyKind[] = [
  none,
  bwcache,
  teacache,
  seacache,
  fbcache,
  dbcache,
  magcache,
  easycache,
  smoothcache,
  taylorseer,
  spectrum,
  fitcache,
  pab,
  fastercache,
  adacache,
  sortblock,
  bac,
  blockcache,
  mixcache,
  toca,
  duca,
  fewerSteps,
];

/**
 * Makes a policy for one run.
 *
 * @param options Its own options; defaults for those left out.
 * @throws {OptionError} for a policy that is not built, or an option that it does not take.
 */
export function configurePolicy(name: string, options: Readonly<Record<string, unknown>> = {}): ConfiguredPolicy {
  const kind = POLICIES.find((policy) => policy.name === name);
  if (kind) return kind.configure(options);
  const names = POLICIES.map((policy) => policy.name).join(', ');
  throw new OptionError(`There is no policy ${String(name)}.`, `Use one of: ${names}.`);
}

/** What a policy must know beforehand. @throws {OptionError} for one that needs nothing. */
export function calibrationOf(name: string): Calibration {
  const found = POLICIES.find((policy) => policy.name === name)?.calibration;
  if (found) return found;
  const names = POLICIES.filter(({ calibration }) => calibration).map((policy) => policy.name);
  throw new OptionError(`The policy ${name} takes no artifact.`, `Calibrate one of: ${names.join(', ')}.`);
}
