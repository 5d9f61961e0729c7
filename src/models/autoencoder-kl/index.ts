/**
 * `AutoencoderKL`, the VAE of Stable Diffusion and of DiT: latents to pictures.
 *
 * @module
 */

export { type AutoencoderKLConfig, parseAutoencoderKLConfig, pixelsPerLatent } from './config.ts';
export { AutoencoderKLDecoder } from './decoder.ts';
