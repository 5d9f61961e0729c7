import { expect, test } from 'vitest';
import { animatedWebp } from '../../../demo/share/webp.ts';

/** A still WebP as an encoder writes it: a header, and chunks. */
function still(...chunks: readonly (readonly [name: string, content: readonly number[]])[]): Uint8Array {
  const bytes = chunks.flatMap(([name, content]) => [
    ...Buffer.from(name),
    ...[content.length, 0, 0, 0],
    ...content,
    ...(content.length % 2 ? [0] : []),
  ]);
  return Uint8Array.from([...Buffer.from('RIFF'), bytes.length + 4, 0, 0, 0, ...Buffer.from('WEBP'), ...bytes]);
}

test('an animation holds each picture’s pixels, and says how large it is', () => {
  const pictures = [still(['VP8 ', [1, 2, 3]]), still(['VP8X', [9]], ['ALPH', [4, 5]], ['VP8 ', [6]], ['EXIF', [7]])];
  const file = Buffer.from(animatedWebp({ width: 300, height: 2, duration: 125, pictures }));
  expect(file.toString('latin1', 0, 4)).toBe('RIFF');
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  const names = [...file.toString('latin1').matchAll(/VP8X|ANIM|ANMF|ALPH|VP8 |EXIF/g)].map(([name]) => name);
  expect(names).toEqual(['VP8X', 'ANIM', 'ANMF', 'VP8 ', 'ANMF', 'ALPH', 'VP8 ']);
  // Canvas less one, of 24 bits each.
  expect(file.readUIntLE(24, 3)).toBe(299);
  expect(file.readUIntLE(27, 3)).toBe(1);
  const first = file.indexOf('ANMF');
  expect(file.readUIntLE(first + 8 + 12, 3)).toBe(125);
});

test('what is no WebP is refused', () => {
  const animate = (picture: Uint8Array) => () =>
    animatedWebp({ width: 1, height: 1, duration: 1, pictures: [picture] });
  expect(animate(Uint8Array.from([0x89, 0x50]))).toThrow('no WebP');
  expect(animate(still(['EXIF', [1]]))).toThrow('holds no picture');
});
