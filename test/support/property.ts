import fc from 'fast-check';

/**
 * fast-check with the same examples in every run, so that a failure is always about the change at hand.
 * `PROPERTY_SEED=7` draws others.
 */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });

export default fc;
