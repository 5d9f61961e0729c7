import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { type SnippetModel, snippetOf } from '../../../demo/snippet/code.ts';
import { literal } from '../../../demo/snippet/literal.ts';
import { ROOT } from '../../../scripts/setup/system.mjs';
import fc from '../../support/property.ts';
import { newRun } from './runs-support.ts';

const SHAPES: SnippetModel = { name: 'shapes', isOwn: false };
const { request } = newRun();

/** What TypeScript says of each of some files, as if they lay in the repository's root. */
function complaints(...codes: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options: own } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  // What is done with the video is up to who uses the code.
  const options = { ...own, noUnusedLocals: false };
  const sources = new Map(codes.map((code, i) => [join(ROOT, `snippet-${i}.ts`), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const code = sources.get(path);
    return code === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, code, version);
  };
  const program = ts.createProgram([...sources.keys(), join(ROOT, 'src/wgsl.d.ts')], options, host);
  return [...sources.keys()].map((path) => {
    const file = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n');
  });
}

/** The value that a literal of TypeScript stands for. */
function evaluate(text: string): unknown {
  const { outputText } = ts.transpileModule(`export default ${text}`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS },
  });
  const module = { default: undefined as unknown };
  new Function('exports', outputText)(module);
  return module.default;
}

describe('the code of a run', () => {
  test('type-checks against the public exports, and a wrong setting does not', { timeout: 60_000 }, () => {
    const code = snippetOf(SHAPES, { ...request, prompt: `it's "red" \\ ${'\u2028'}\n` });
    const own = snippetOf({ name: 'my model’s', isOwn: true }, request);
    const wrong = code.replace('seed: 7', "seed: 'seven'");
    expect(complaints(code, own, wrong)).toEqual(['', '', "Type 'string' is not assignable to type 'number'."]);
  });

  test('holds every setting of the run', () => {
    const code = snippetOf(SHAPES, { ...request, policyOptions: { preset: 'fast', threshold: 0.08 } });
    expect(code).toContain("loadPipeline('shapes')");
    const call = code.slice(code.indexOf('generate(') + 'generate('.length, code.indexOf(');\nconst video'));
    expect(evaluate(call)).toEqual({ ...request, policyOptions: { preset: 'fast', threshold: 0.08 } });
  });

  test('a folder of the user’s own is an address', () => {
    expect(snippetOf({ name: 'my model', isOwn: true }, request)).toContain("loadPipeline('./my%20model/')");
  });
});

test('a literal stands for the value that it was made of', () => {
  const names = fc.string().filter((name) => name !== '__proto__');
  const values = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.double()));
  // What JSON knows, as the page's settings are: it has neither -0 nor NaN.
  const settings = fc
    .dictionary(names, values, { noNullPrototype: true })
    .map((all) => JSON.parse(JSON.stringify(all)));
  fc.assert(
    fc.property(settings, (value) => {
      expect(evaluate(literal(value))).toEqual(value);
    }),
    { numRuns: 50 },
  );
});
