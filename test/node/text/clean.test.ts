import { expect, it } from 'vitest';
import { cleanPrompt } from '../../../src/text/clean.ts';

// Expected values are those of Python's html.unescape (twice), re.sub(r"\s+", " ", ...) and strip().
it.each([
  ['  a   red\t\ncircle ', 'a red circle'],
  ['Tom &amp;amp; Jerry', 'Tom & Jerry'],
  ['a &lt;b&gt; &quot;c&quot; &#39;d&#39; &#x2019;', 'a <b> "c" \'d\' ’'],
  ['caf&eacute; &#38;#38;', 'café &'],
  ['&unknown; &toString; R&D', '&unknown; &toString; R&D'],
  ['&nbsp; a &nbsp;', 'a'],
  ['&#0; &#xD800; &#1114112; &#128049;', '\ufffd \ufffd \ufffd 🐱'],
  ['a\u3000b\x1cc\u200bd', 'a b c\u200bd'],
  ['\ufeffa', '\ufeffa'],
  ['', ''],
])('cleans %j to %j', (prompt, cleaned) => {
  expect(cleanPrompt(prompt)).toBe(cleaned);
});
