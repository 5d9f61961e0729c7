import { describe, expect, test } from 'vitest';
import { LimitError, NoWebGpuError } from '../../../src/errors.ts';
import { describeAdapter, readCapabilities } from '../../../src/gpu/capabilities.ts';
import { Gpu } from '../../../src/gpu/gpu.ts';
import { f32, packParams } from '../../../src/gpu/kernel.ts';
import { checkBufferSize, requiredLimits } from '../../../src/gpu/limits.ts';
import { linearGrid } from '../../../src/ops/kernel.ts';

/** WebGPU's default limits, with some changed. */
function limits(changes: Partial<Record<keyof GPUSupportedLimits, number>> = {}): GPUSupportedLimits {
  return {
    maxBufferSize: 2 ** 28,
    maxStorageBufferBindingSize: 2 ** 27,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeWorkgroupSizeX: 256,
    ...changes,
  } as unknown as GPUSupportedLimits;
}

const info = (words: Partial<GPUAdapterInfo>) =>
  ({ vendor: '', architecture: '', device: '', description: '', ...words }) as GPUAdapterInfo;

describe('limits', () => {
  test('sizes are asked for as large as the adapter has them, the rest at the defaults', () => {
    const requested = requiredLimits(limits({ maxBufferSize: 2 ** 32, maxComputeInvocationsPerWorkgroup: 1024 }));
    expect(requested).toMatchObject({ maxBufferSize: 2 ** 32, maxComputeInvocationsPerWorkgroup: 256 });
  });

  test.each([
    [{ maxComputeWorkgroupStorageSize: 8192 }, /maxComputeWorkgroupStorageSize is 8192; 16384 is needed/],
    [{ maxStorageBuffersPerShaderStage: 4 }, /maxStorageBuffersPerShaderStage is 4; 8 is needed/],
  ])('an adapter that is too small is named: %o', (changes, message) => {
    expect(() => requiredLimits(limits(changes))).toThrow(LimitError);
    expect(() => requiredLimits(limits(changes))).toThrow(message);
  });

  test('a buffer that is too large names tensor, size and limit', () => {
    expect(() => checkBufferSize(limits(), 'up.weight', 2 ** 27)).not.toThrow();
    expect(() => checkBufferSize(limits(), 'up.weight', 2 ** 27 + 4)).toThrow(
      /up\.weight needs a buffer of 134217732 bytes; this device allows 134217728/,
    );
  });

  test('no WebGPU at all is named, with the way out', async () => {
    await expect(Gpu.request()).rejects.toThrow(NoWebGpuError);
    await expect(Gpu.request()).rejects.toThrow(/Use Chrome or Edge/);
  });
});

describe('capabilities', () => {
  test.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, true],
    [{ vendor: 'nvidia', architecture: 'hopper' }, false],
    [{ vendor: 'unknown', isFallbackAdapter: true }, true],
  ])('%o is software: %s', (words, software) => {
    expect(readCapabilities(new Set(), info(words)).software).toBe(software);
  });

  test('features and names', () => {
    const features = new Set(['shader-f16', 'timestamp-query']);
    expect(readCapabilities(features, info({}))).toMatchObject({ f16: true, subgroups: false, timestamps: true });
    expect(describeAdapter(info({ vendor: 'google', architecture: 'swiftshader', device: '0xc0de' }))).toBe(
      'google swiftshader',
    );
    expect(describeAdapter(info({ description: 'A GPU' }))).toBe('A GPU');
    expect(describeAdapter(info({}))).toBe('unnamed adapter');
  });
});

describe('parameters', () => {
  test('are packed as a uniform struct of scalars', () => {
    const bytes = new DataView(packParams([7, f32(0.5), 2 ** 32 - 1, 0, 1]));
    expect(bytes.byteLength).toBe(32);
    expect([bytes.getUint32(0, true), bytes.getFloat32(4, true), bytes.getUint32(8, true)]).toEqual([
      7,
      0.5,
      2 ** 32 - 1,
    ]);
    for (const bad of [-1, 0.5, 2 ** 32, Number.NaN]) expect(() => packParams([bad])).toThrow(RangeError);
  });

  test('large grids fold into two dimensions', () => {
    expect(linearGrid(1, 64)).toEqual([1, 1, 1]);
    const [x, y] = linearGrid(65536 * 64, 64);
    expect(x).toBeLessThanOrEqual(65535);
    expect(x * y).toBeGreaterThanOrEqual(65536);
  });
});
