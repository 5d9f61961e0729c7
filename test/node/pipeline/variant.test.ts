import { describe, expect, it } from 'vitest';
import { OptionError } from '../../../src/errors.ts';
import { inspectModel, noStore, sourceFromFiles } from '../../../src/index.ts';
import { fakeDevice } from '../../support/fake-device.ts';
import { modelFiles } from '../../support/model-files.ts';

const PARTS = ['text_encoder', 'transformer', 'vae'];

/** The embedded model as a folder, with the weights of some parts called by a variant. */
async function renamed(parts: readonly string[], variant: string, keep = false): Promise<File[]> {
  const files = await modelFiles('shapes');
  const isOf = ({ name }: File) =>
    parts.some((part) => name.startsWith(`shapes/${part}/`)) && /\.safetensors$/.test(name);
  const copies = files
    .filter(isOf)
    .map((file) => new File([file], file.name.replace(/safetensors$/, `${variant}.safetensors`)));
  return [...files.filter((file) => keep || !isOf(file)), ...copies];
}

async function inspect(files: File[], variant?: string) {
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const options = { device: fakeDevice({ maxBufferSize: 2 ** 31 }), store: noStore, onWarning };
  const info = await inspectModel(sourceFromFiles(files), { ...options, ...(variant !== undefined && { variant }) });
  return { parameters: info.parts.map(({ parameters }) => parameters), warnings };
}

describe('a model folder', () => {
  it('as save_pretrained writes it with a variant is read without being told', async () => {
    const plain = await inspect(await modelFiles('shapes'));
    expect(await inspect(await renamed(PARTS, 'fp16'))).toEqual({ ...plain, warnings: [] });
    expect(await inspect(await renamed(PARTS, 'fp16'), 'fp16')).toEqual({ ...plain, warnings: [] });
    expect(await inspect(await renamed(['vae'], 'bf16'))).toEqual({ ...plain, warnings: [] });
  });

  it('with a variant of some parts is read with a warning of the others', async () => {
    const { warnings } = await inspect(await renamed(['transformer'], 'fp16', true), 'fp16');
    expect(warnings).toEqual([expect.stringMatching(/shapes has no variant fp16 of text_encoder, vae: plain files/)]);
  });

  it('without the variant is refused, with what is there', async () => {
    const files = await renamed(['transformer'], 'fp16', true);
    await expect(inspect(files, 'fp61')).rejects.toThrow(OptionError);
    await expect(inspect(files, 'fp61')).rejects.toThrow(
      /"fp61", which no part of shapes has; .* as: fp16, plain names/,
    );
    await expect(inspect(files, '../fp16')).rejects.toThrow(/variant is "\.\.\/fp16"\./);
  });
});
