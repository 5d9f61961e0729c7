import { problem } from '../state/problem.ts';

/** Of the message, for the field that it is about. */
export const OPTION_PROBLEM_ID = 'option-problem';

/** What the library did not like about the settings, where they are. */
export function OptionProblem() {
  const { value } = problem;
  if (value?.name !== 'OptionError') return null;
  return (
    <p id={OPTION_PROBLEM_ID} class="wrong" role="alert">
      {value.message}
    </p>
  );
}
