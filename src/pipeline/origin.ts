import { OptionError } from '../errors.ts';
import type { LoadOptions } from './types.ts';

/** Where a device comes from: one of the caller's own, an adapter of theirs, or the browser where there is neither. */
export type DeviceOrigin = Pick<LoadOptions, 'device' | 'adapter'>;

/**
 * Where the device of a load after the first comes from: what is given for it; else where the one before came from, if
 * that gives another. A device that still lives serves again; an adapter has made the one device that it makes.
 *
 * @throws {OptionError} saying what to pass.
 */
export async function originOf(before: DeviceOrigin, given: DeviceOrigin): Promise<DeviceOrigin> {
  const { device, adapter } = given;
  if (device || adapter) return { device, adapter };
  if (before.device) {
    if (!(await isLost(before.device))) return { device: before.device, adapter: undefined };
    throw new OptionError('The lost device was yours.', 'Pass a new one: pipeline.reload({ device }).');
  }
  if (before.adapter) {
    throw new OptionError(
      'The adapter was yours, and has made the one device that it makes.',
      'Request another and pass it: pipeline.reload({ adapter }).',
    );
  }
  return {};
}

/** Whether a device is gone: only its promise tells, a turn later. */
function isLost({ lost }: GPUDevice): Promise<boolean> {
  const turn = new Promise<boolean>((resolve) => setTimeout(resolve, 0, false));
  return Promise.race([lost.then(() => true), turn]);
}
