import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { WeightsError } from '../../../src/errors.ts';
import { parseHeaderLength, parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';

/** A header, as `test/fixtures/safetensors/make.py` records it. */
interface Case {
  readonly header: string;
  readonly bytes: number;
  readonly tensors?: readonly [name: string, dtype: string, shape: readonly number[]][];
  readonly unknownDtype?: boolean;
}

const file = new URL('../../fixtures/safetensors/headers.json', import.meta.url);
const { cases } = JSON.parse(await readFile(file, 'utf8')) as { cases: Case[] };

/** The tensors as the fixture lists them; undefined where the file is refused. */
function open({ header, bytes }: Case): Case['tensors'] {
  const head = Uint8Array.from(header, (char) => char.charCodeAt(0));
  const prefix = new Uint8Array(new BigUint64Array([BigInt(head.length)]).buffer);
  try {
    parseHeaderLength('f', prefix, 8 + head.length + bytes);
    const { tensors } = parseSafetensorsHeader('f', head, bytes);
    const rows = [...tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape] as const);
    return rows.map((row) => [...row] as [string, string, number[]]).sort(([a], [b]) => compareCodePoints(a, b));
  } catch (error) {
    if (error instanceof WeightsError) return undefined;
    throw error;
  }
}

/** Python's order of strings. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

it(`opens what the Rust library opens of ${cases.length} headers, and refuses what it refuses`, () => {
  const judged = cases.filter(({ unknownDtype }) => !unknownDtype);
  expect(judged.filter(({ tensors }) => tensors).length).toBeGreaterThan(500);
  const different = judged.filter((one) => JSON.stringify(open(one)) !== JSON.stringify(one.tensors));
  expect(different).toEqual([]);
});

it('leaves a format that is not in its list to who wants the tensor', () => {
  const unknown = cases.filter(({ unknownDtype }) => unknownDtype);
  // Some have another fault, too, which serde did not come to.
  expect(unknown.filter((one) => open(one)).length).toBeGreaterThan(10);
});
