import { policyKind } from './kind.ts';
import { TOKEN_WISE, TokenWise } from './token-wise.ts';

/**
 * DuCa (arXiv 2412.18911): as ToCa, but every second step between full ones computes nothing: what the blocks of the step
 * before have come to is taken over whole.
 */
export const duca = policyKind(
  'duca',
  {
    title: 'Redo some spots, or none (DuCa)',
    group: 'tokens',
    summary: 'as toca, but every second step between full ones reuses all blocks',
    plain: 'Between steps that are worked out whole, redoes some spots of the picture at one, and nothing at the next.',
    source: 'https://arxiv.org/abs/2412.18911',
  },
  TOKEN_WISE,
  (options) => new TokenWise(options, true),
);
