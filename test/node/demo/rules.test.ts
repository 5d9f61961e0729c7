import { expect, test } from 'vitest';
import { EMBEDDED, EMBEDDED_SIZES } from '../../../demo/state/embedded.ts';
import { type NumberName, numberRules, parseNumber } from '../../../demo/state/rules.ts';
import { resolveSettings } from '../../../src/pipeline/options.ts';
import fc from '../../support/property.ts';

const RULES = numberRules(EMBEDDED_SIZES);

const name = fc.constantFrom(...(Object.keys(RULES) as NumberName[]));
const text = fc.oneof(
  fc.integer({ min: -40, max: 400 }).map(String),
  fc.double().map(String),
  fc.string(),
  fc.constantFrom('1e3', ' 17 ', '100000', '100001', '9007199254740993', 'Infinity'),
);

test('a number that the form takes, the library takes', () => {
  fc.assert(
    fc.property(name, text, (option, written) => {
      const value = parsed(written, option);
      if (typeof value === 'string') return;
      expect(() => resolve({ [option]: value })).not.toThrow();
    }),
  );
});

test('a whole number that the library takes, the form takes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('steps', 'frames', 'width', 'height', 'seed'),
      fc.integer({ min: -9, max: 500 }),
      (option, value) => {
        let isTaken = true;
        try {
          resolve({ [option]: value });
        } catch {
          isTaken = false;
        }
        expect(typeof parsed(String(value), option) === 'number').toBe(isTaken);
      },
    ),
  );
});

test.each([
  ['frames', '15', 'Frames is 15; it must be 4 k + 1, such as 13 or 17.'],
  ['height', '100', 'Height is 100; it must be a multiple of 32, such as 96 or 128.'],
  ['steps', '', 'Steps is no number; it must be a whole number from 1 to 100000.'],
  ['seed', '1.5', 'Seed is 1.5; it must be a whole number, such as 1 or 2.'],
  ['seed', '-1', 'Seed is -1; it must be a whole number from 0.'],
  ['guidanceScale', '1000', 'Guidance is 1000; it must be a number from 0 to 100.'],
] as const)('%s = "%s" is refused with what would do', (option, written, message) => {
  expect(parsed(written, option)).toBe(message);
});

test('of a model of pictures, one frame', () => {
  const { frames } = numberRules({ pixels: 4, frames: 0, square: true });
  expect(parseNumber('1', frames)).toBe(1);
  expect(() => parseNumber('5', frames)).toThrow('Frames is 5; it must be a whole number from 1 to 1.');
});

function parsed(written: string, option: NumberName): number | string {
  try {
    return parseNumber(written, RULES[option]);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function resolve(options: Readonly<Record<string, number>>): void {
  resolveSettings({ prompt: '', ...options }, EMBEDDED.defaults, EMBEDDED_SIZES, {});
}
