import { DeviceLostError, KernelError, OutOfMemoryError, type StillframeError } from '../errors.ts';

/** What goes wrong on a device beside the calls that cause it, for whoever uses the device next. */
export class DeviceFaults {
  /** Rejects when the device is lost; never resolves. */
  readonly #loss: Promise<never>;
  readonly #ended = new AbortController();
  #lost: DeviceLostError | undefined;
  /** The first that nobody has been told of. */
  #refusal: StillframeError | undefined;

  /** @param isOwn Whether nobody else uses the device; where others do, an error may be theirs. */
  constructor(
    device: GPUDevice,
    private readonly isOwn: boolean,
  ) {
    this.#loss = device.lost.then((info) => {
      this.#lost = lostError(info.reason, info.message);
      throw this.#lost;
    });
    // A loss that nobody waits for must not become an unhandled rejection.
    this.#loss.catch(() => {});
    const listener = ({ error }: GPUUncapturedErrorEvent) =>
      this.refuse(`The GPU refused a command: ${error.message}`, error);
    device.addEventListener('uncapturederror', listener);
    // Dawn in Node does not know the option `signal` of listeners.
    this.ended.addEventListener('abort', () => device.removeEventListener('uncapturederror', listener));
  }

  /** Aborted, with what is thrown from then on, when the device is let go of. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether the device is gone. */
  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Lets go of the device: whoever uses it next is told `reason`. */
  end(reason: StillframeError): void {
    this.#ended.abort(reason);
  }

  /**
   * @throws what `end` was told; {DeviceLostError} when the device is gone; {KernelError | OutOfMemoryError} for what it
   * has refused, once.
   */
  throwIfAny(): void {
    this.ended.throwIfAborted();
    if (this.#lost) throw this.#lost;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal) throw refusal;
  }

  /**
   * Waits for something of the device's, or for its loss, which would leave that pending or garbled.
   *
   * @throws {DeviceLostError}; what `end` was told.
   */
  async untilLost<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#loss]);
    } catch (error) {
      this.ended.throwIfAborted();
      throw isNamed(error, 'OperationError') ? this.gone('GPU process gone', error) : error;
    }
  }

  /** As `untilLost`, and tells what the device has refused meanwhile. @throws as `throwIfAny`. */
  async orLost<T>(work: Promise<T>): Promise<T> {
    const result = await this.untilLost(work);
    this.throwIfAny();
    return result;
  }

  /** The loss as a failed call tells it, before `device.lost` does, if it ever does: what follows fails at once. */
  gone(reason: string, { message }: DOMException): DeviceLostError {
    this.#lost ??= lostError(reason, message);
    return this.#lost;
  }

  /** Keeps an error of the device's for the next call. @param problem Which of our commands it is about, and its words. */
  refuse(problem: string, error: GPUError): void {
    const message = `${problem.trim()}.`;
    if (typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError) {
      this.#refusal ??= new OutOfMemoryError(message, 'Use a smaller size, or close other tabs that use the GPU.');
      return;
    }
    const whose = this.isOwn ? '' : 'Other code on your device may have caused it. ';
    this.#refusal ??= new KernelError(message, `${whose}Please report it with the adapter's name.`);
  }
}

/** Whether something thrown is the browser's error of that name. */
export function isNamed(error: unknown, name: string): error is DOMException {
  return error instanceof DOMException && error.name === name;
}

function lostError(reason: string, message: string): DeviceLostError {
  return new DeviceLostError(
    `The GPU device was lost (${reason}): ${message.replace(/\.$/, '') || 'no message'}.`,
    'Call pipeline.reload() to go on with a new device.',
  );
}
