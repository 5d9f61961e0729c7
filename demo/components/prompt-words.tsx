import { WORDS } from '../state/prompts.ts';

const TITLES: Readonly<Record<keyof typeof WORDS, string>> = {
  colors: 'Colors',
  shapes: 'Shapes',
  motions: 'Motions',
  backgrounds: 'Backgrounds',
};

/** The words of the embedded model. */
export function PromptWords() {
  return (
    <details class="help">
      <summary>What this small model knows</summary>
      <p>
        A <em>color shape motion</em> on a <em>background</em> background; or two of them, with “and” between. Other
        words are new to it. The examples and their seeds were chosen for what it does well: round and square things on
        plain backgrounds.
      </p>
      <dl class="words">
        {(Object.keys(TITLES) as (keyof typeof WORDS)[]).map((kind) => (
          <div key={kind}>
            <dt>{TITLES[kind]}</dt>
            <dd>{WORDS[kind].join(', ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
