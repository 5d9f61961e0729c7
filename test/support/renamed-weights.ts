import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup/system.mjs';

/** `test/fixtures/formats/names.json`: by part, Wan's names of tensors with the class's names and shapes. */
export type NameTable = Readonly<Record<string, readonly [name: string, shape: number[]]>>;

/** The tables by part. */
export const nameTables = JSON.parse(readFileSync(join(ROOT, 'test/fixtures/formats/names.json'), 'utf8')) as Readonly<
  Record<'transformer' | 'image' | 'vae' | 'text_encoder' | 't5encoder', NameTable>
>;

/** A class's name of a tensor as a table has it, in whichever layer. @throws for a tensor that the table does not have. */
export function otherName(table: NameTable, name: string): string {
  const layer = /(?<=^blocks\.|^encoder\.block\.)\d+/.exec(name)?.[0];
  const first = layer === undefined ? name : name.replace(/(?<=^blocks\.|^encoder\.block\.)\d+/, '0');
  const found = Object.entries(table).find(([, [own]]) => own === first)?.[0];
  if (found === undefined) throw new Error(`${name} is not in the table.`);
  return layer === undefined ? found : found.replace(/\b0\b/, layer);
}

/** A safetensors file with its tensors renamed, and as it was else. */
export function renameTensors(bytes: Uint8Array, rename: (name: string) => string): Uint8Array<ArrayBuffer> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  const entries = Object.entries(header).map(([name, entry]) => [name === '__metadata__' ? name : rename(name), entry]);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const renamed = new Uint8Array(8 + json.length + bytes.length - 8 - length);
  new DataView(renamed.buffer).setBigUint64(0, BigInt(json.length), true);
  renamed.set(json, 8);
  renamed.set(bytes.subarray(8 + length), 8 + json.length);
  return renamed;
}
