/** The worker failed, and with it every call to it; `EngineClient.load` starts a new one. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';

  /**
   * @param hasAnswered Whether it ever said anything: else it did not start.
   * @param reason What the browser says, if it says anything.
   */
  constructor(hasAnswered: boolean, reason: string | undefined) {
    const what = hasAnswered ? 'The worker that runs the model failed' : 'The worker that runs the model did not start';
    const because = reason ? `: ${reason}` : hasAnswered ? '' : ': its script could not be loaded, or may not run here';
    super(
      `${what}${because.replace(/\.$/, '')}. Generate again to start a new one; if that does not help, reload the page.`,
    );
  }
}
