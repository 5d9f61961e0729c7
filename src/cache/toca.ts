import { policyKind } from './kind.ts';
import { TOKEN_WISE, TokenWise } from './token-wise.ts';

/**
 * ToCa (arXiv 2410.05317): between steps that compute everything, attention is reused, and MLPs are computed for some
 * tokens only. Of its scores, here are the random ones, with what a token gains by being passed over, and by standing out.
 */
export const toca = policyKind(
  'toca',
  {
    title: 'Redo only some spots (ToCa)',
    group: 'tokens',
    summary: 'reuses sub-layers between full steps, but computes the MLPs of some tokens',
    plain:
      'Works everything out at one step of several, and in between only some spots of the picture, each in its turn.',
    source: 'https://arxiv.org/abs/2410.05317',
  },
  TOKEN_WISE,
  (options) => new TokenWise(options, false),
);
